# proves: what was written before an fsync that succeeded is on the medium when the power is cut, and so is what was stored to the character device before each msync, again to the same page too; with a buffer in the device that loses what it holds and without
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

round()
{
	wcache_up "$1" 16
	random_file want 4
	# directly, and through the page cache
	put_file want count=32
	must dd if=want of="$DISK" bs=64k skip=32 seek=32 conv=notrunc,nocreat status=none
	must sync "$DISK"
	random_file later 1
	put_file later seek=128
	[ "$(count dirty)" -gt 0 ] || fail "nothing is left for the cut to lose"
	power_cut "$1"
	expect_log 'in the cache are not on the medium: lost'
	holds want || fail "$1: what was flushed is not there"
	must nvm_unload
	ok "$1"
}

# stored ELEMENT LETTERS PAGE0: what the mapper does after the pages have their
# patterns, and what page 0 then begins with
stored()
{
	local letters=$2

	wcache_up "$1" 16
	mapper_up /dev/nvmc0 64
	while [ -n "$letters" ]; do
		same "done" "$(ask "${letters:0:1}")" "$2: ${letters:0:1}"
		letters=${letters:1}
	done
	# nothing is written any more while it is still mapped
	must turn power_cut 1
	mapper_down
	power_cut "$1"
	same "$3" "$(page_text "$DISK" 0)" "$2: page 0"
	same "NvM page 63" "$(page_text "$DISK" 63)" "$2: page 63"
	must nvm_unload
	ok "$1 $2"
}

lossy=64M:write_ns=20000:timeout=500:buffer=1M:lose=1
round 64M:write_ns=20000:timeout=500
round $lossy
stored $lossy s "NvM page 0"
# the page that msync had written was shown again, and can be written back again
stored $lossy sws "nvM page 0"

# proves: what was written before an fsync that succeeded is on the medium when the power is cut, with a buffer in the device that loses what it holds and without
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

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

round 64M:write_ns=20000:timeout=500
round 64M:write_ns=20000:timeout=500:buffer=1M:lose=1

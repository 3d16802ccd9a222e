# proves: writers beyond the cache are slowed down before it is full, for a device that takes one command at a time as for others; a burst after a rest that fits is not
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

throttles()
{
	local before

	# as slow with each depth, and slower than any writer is made
	wcache_up "64M:write_ns=$((2500000 * $1)):depth=$1" 2
	fio_disk beyond --rw=randwrite --bs=4k --iodepth=4 --size=48M --io_size=6M
	diag "depth $1: throttled $(count throttled_ns) ns, stalls $(count stalls)"
	[ "$(count throttled_ns)" -gt 0 ] || fail "depth $1: nobody was slowed down"
	must sync "$DISK"
	sleep 2
	before=$(count throttled_ns)
	# 8 erase units: in whichever shards, below the watermark
	random_file burst 1
	put_file burst count=8
	same "$before" "$(count throttled_ns)" "depth $1: throttled after a burst that fits"
	[ "$(count dirty)" -gt 0 ] || fail "the burst was written back meanwhile"
	settle
	must nvm_unload
	ok "depth $1"
}

throttles 8
throttles 1

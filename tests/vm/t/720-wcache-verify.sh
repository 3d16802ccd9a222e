# proves: behind the cache what is read is what was written: any size, depth and pattern, data that fits and data that does not, with and without fsync, and what is written back goes with several commands at a time, no more than the device takes
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 96M:write_ns=50000 8
same $((8 * MIB)) "$(count memory_max)" "most memory of the cache"
fio_verify fits --rw=randwrite --bs=4k --iodepth=16 --size=4M --io_size=16M --verify_backlog=64
# as slow that the next command is there before one has ended
must turn write_ns 2000000
must turn most_in_flight 0
fio_verify beyond --rw=randwrite --bs=4k --iodepth=16 --size=48M
most=$(knob most_in_flight) depth=$(knob depth)
diag "$most commands at a time"
[ "$most" -gt 1 ] || fail "commands do not overlap"
[ "$most" -le "$depth" ] || fail "$most commands at a time, with depth $depth"
must turn write_ns 50000
fio_verify sizes --rw=randwrite --bsrange=512-128k --bs_unaligned=0 --blockalign=512 --iodepth=8 \
	--size=32M --io_size=16M --norandommap
fio_verify zipf --rw=randrw --random_distribution=zipf:1.1 --bs=4k --iodepth=4 --size=32M --io_size=16M \
	--verify_backlog=128
fio_verify zipf-fsync --rw=randwrite --random_distribution=zipf:1.1 --bs=4k --iodepth=4 --size=32M --io_size=4M \
	--fsync=16 --verify_backlog=64
fio_verify fsync --rw=randwrite --bs=4k --iodepth=1 --size=8M --io_size=4M --fsync=4 --verify_backlog=16
fio_verify tails --rw=randwrite --bs=512 --iodepth=8 --size=2M --fsync=32
# who flushes has in flight what the other rewrites: so few blocks that it is all of them
must turn write_ns 2000000
runs=$(count runs)
io_beside --offset=64M --size=1M --fsync=1
wait_for "[ \$(count runs) -gt $runs ]" 20
fio_verify rewritten --rw=randwrite --bs=4k --iodepth=1 --size=16k --io_size=4M --norandommap --verify_backlog=16
io_beside_ends
must turn write_ns 50000
for c in writes absorbed copies fills runs written bridged evicted mapped hits; do
	diag "$c $(count $c)"
	[ "$(count $c)" -gt 0 ] || fail "$c: nothing of it in all this"
done
diag "coalescing $(count coalescing), write amplification $(count write_amplification), throttled $(count throttled_ns) ns, stalls $(count stalls)"
[ "$(count memory)" -le $((8 * MIB)) ] || fail "$(count memory) bytes of memory"
must sync "$DISK"
same 0 "$(count dirty)" "dirty after sync"
same 0 "$(count failures)" failures

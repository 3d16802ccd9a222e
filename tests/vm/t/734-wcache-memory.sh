# proves: memory of the cache goes back when the system is short of it, but neither the reserve nor what is dirty, and what is read stays what was written
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

drop() { must sysfs_write /proc/sys/vm/drop_caches 3; }

wcache_up 256M:write_ns=20000 64
reserve=$(count memory)
[ "$reserve" -gt 0 ] || fail "no reserve"
random_file want 24
put_file want
must sync "$DISK"
full=$(count memory)
[ "$full" -ge $((24 * MIB)) ] || fail "only $full bytes of memory for 24 MiB"
# so slow that nothing of it is written back meanwhile
must turn write_ns 1000000000
random_file new 8
put_file new
dirty=$(count dirty)
[ "$dirty" -gt 0 ] || fail "nothing is dirty"
for n in 1 2 3; do drop; done
[ "$(count memory)" -lt "$full" ] || fail "no memory went back: $(count memory) of $full"
[ "$(count memory)" -ge "$(count dirty)" ] || fail "$(count memory) bytes of memory for $(count dirty) dirty"
dd if=new of=want bs=1M conv=notrunc status=none
holds want || fail "other data when memory was short"
must turn write_ns 20000
must sync "$DISK"
wait_for "drop; [ \"\$(count memory)\" = $reserve ]" 20
drop
same "$reserve" "$(count memory)" "the reserve"
holds want || fail "other data in the end"
# short of memory all the time
fio_verify short --rw=randwrite --bs=4k --iodepth=8 --size=32M --io_size=16M --verify_backlog=64 --fsync=64 &
fio=$!
for n in {1..40}; do
	sysfs_write /proc/sys/vm/drop_caches 2
	[ "$(count memory)" -ge "$reserve" ] || fail "$(count memory) bytes of memory are less than the reserve"
done
must wait $fio
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"

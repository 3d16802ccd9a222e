# proves: a block that the medium refuses stays readable, is reported, fails each fsync and no other block; once the medium takes it all is well
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=20000 8
random_file old 4
put_file old
must sync "$DISK"
badblocks_are ""
must turn bad_at $((5 * 4096 + 512))
random_file new 4
put_file new
for n in 1 2 3; do
	must_fail EIO sync "$DISK"
	same "4096 4096" "$(count dirty) $(count failed)" "dirty, refused, after $n"
	badblocks_are "40 8"
	holds new || fail "other data after $n"
done
expect_log 'refuses 4096 bytes at 0x5000'
must_fail EIO dd if=new of="$DISK" bs=4k count=1 oflag=direct,dsync conv=notrunc,nocreat status=none
# short of memory the system gets none of it
must sysfs_write /proc/sys/vm/drop_caches 3
holds new || fail "other data when memory was short"
# written to again it is refused again
must dd if=new of="$DISK" bs=4k count=1 skip=5 seek=5 oflag=direct conv=notrunc,nocreat status=none
must_fail EIO sync "$DISK"
must turn bad_at "$NOWHERE"
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
medium_holds new

# proves: of a block that the medium still refuses when the driver goes it is said that it is lost; it reads as EIO then, not as what was there before, until it is written anew
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=20000 8
random_file old 1
put_file old
must sync "$DISK"
must turn bad_at $((7 * 4096))
random_file new 1
put_file new
must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
expect_log 'nvm0: 4 KiB in the cache are not on the medium: lost'
must turn bad_at "$NOWHERE"
bound_again nvm_wcache
badblocks_are "56 8"
must_fail EIO dd if="$DISK" of=/dev/null bs=4k skip=7 count=1 iflag=direct status=none
must dd if="$DISK" of=have bs=4k count=7 iflag=direct status=none
must dd if="$DISK" of=have bs=4k skip=8 seek=8 count=248 iflag=direct status=none
must dd if=new of=have bs=4k skip=7 seek=7 count=1 conv=notrunc status=none
must cmp have new
# of half a block nobody knows the other half
must dd if=new of="$DISK" bs=512 skip=56 seek=56 count=4 oflag=direct conv=notrunc,nocreat status=none
must_fail EIO sync "$DISK"
must_fail EIO dd if="$DISK" of=/dev/null bs=4k skip=7 count=1 iflag=direct status=none
must dd if=new of="$DISK" bs=4k skip=7 seek=7 count=1 oflag=direct conv=notrunc,nocreat status=none
must sync "$DISK"
badblocks_are ""
medium_holds new

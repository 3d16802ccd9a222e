# proves: behind the cache a region that turns read-only takes no more writes, stores or discards, what was acknowledged before reaches the medium if that takes it, else flush and removal say so, and once it is armed all goes on
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

CDEV=/dev/nvmc0

# all of it can be read
counters_are_sane()
{
	local name

	for name in "$CACHE"/*; do
		must grep -qE '^[0-9]+(\.[0-9][0-9])?$' "$name"
	done
	[ "$(count failed)" -le "$(count dirty)" ] || fail "more is refused than dirty"
	[ "$(count dirty)" -le "$(count memory_max)" ] || fail "more is dirty than can be"
}

fake_medium_up 4
# stores and writes, before
mapper_up "$CDEV" 16
random_file want 2
put_file want seek=16
must fake ro t2 spare blocks are used up
expect_log 'spare blocks are used up'
counters_are_sane
same "1 SIGBUS old" "$(blockdev --getro "$DISK") $(ask w) $(ask v)" "read-only, a store, the mapping"
must_fail EPERM dd if=want of="$DISK" bs=4k count=1 oflag=direct conv=notrunc,nocreat status=none
must_fail - blkdiscard -f -o 1M -l 64K "$DISK"
same "done" "$(ask s)" msync
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
counters_are_sane
mapper_down
must_fail EACCES dd if=/dev/zero of="$CDEV" count=0 conv=notrunc
holds want skip=256 || fail "other data"
# it stays the medium's through a removal
hand_to nvm_raw
holds want skip=256 || fail "the medium has other data"
same "NvM page 15" "$(page_text "$DISK" 15)" "the medium, where stores went"
hand_to nvm_wcache
must fake armed t2
# a medium that takes nothing any more
put_file want
must fake commands t2 refused
must fake ro t2 write protected
must_fail EIO sync "$DISK"
same "$((2 * MIB)) $((2 * MIB))" "$(count dirty) $(count failed)" "dirty, refused"
counters_are_sane
holds want || fail "other data where the medium refuses"
settle
must_fail EIO fake remove t2
same "claimed 1" "$(attr nvm0 state) $(attr nvm0 read_only)" "state, read-only"
# armed and willing again
must fake commands t2 taken
must fake armed t2
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
random_file more 1
put_file more
# a file system that is mounted
put_fs_on ext4 /mnt/a
echo kept >/mnt/a/kept
must sync -f /mnt/a
must fake ro t2 spare blocks are used up
must_fail - eval 'mkdir /mnt/a/new && sync /mnt/a/new'
must umount /mnt/a
must fake armed t2
must mount "$DISK" /mnt/a
same kept "$(cat /mnt/a/kept)" "the old file once armed"
must touch /mnt/a/newer
must umount /mnt/a
# removed while it is read-only and dirty
put_file want
must fake ro t2 spare blocks are used up
settle
must fake remove t2
same "" "$(regions)" regions
must fake desc t2 "$NVM_SS"
must fake commands t2 taken
settle
wait_for "[ -b $DISK ]" 30
holds want || fail "other data after the removal"
# unbound while the medium takes nothing: it is said
put_file more
must fake commands t2 refused
must fake ro t2 write protected
settle
must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
expect_log '[0-9]+ KiB in the cache are not on the medium: lost'

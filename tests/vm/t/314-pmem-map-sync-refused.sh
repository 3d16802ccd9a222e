# proves: MAP_SYNC is refused where stores need a command to the device to be durable
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# the kernel hands out the DAX devices of regions that are gone again, with
# what they allowed
at_exit nvm_unload
must modprobe nvm_memmap
list=
for n in {0..7}; do
	list+="16M@$((NVM_SS + n * 16 * MIB)),"
done
must sysfs_write $MEMMAP/map "${list%,}"
settle
# shellcheck disable=SC2016 # evaluated there
wait_for '[ "$(regions | wc -l)" = 8 ] && [ -b /dev/nvm7 ]' 30
settle
must sysfs_write $MEMMAP/map ""
settle
must rmmod nvm_memmap
fake_up 64M 3
same device_cmd "$(<"$REGION/persistence_domain")"
put_fs ext4 /mnt/a
must fallocate -l 1M /mnt/a/f
rm -f in out
must mkfifo in out
mapper -s /mnt/a/f 16 in out &
exec 5<>in 6<>out
same EOPNOTSUPP "$(mapper_answer)" "MAP_SYNC"
exec 5>&- 6>&-
# without it the mapping is as good as any, and msync flushes the device
before=$(<$FAKE/flushes)
mapper_up /mnt/a/f 16
same old "$(ask v)"
same "done" "$(ask s)" msync
[ "$(<$FAKE/flushes)" -gt "$before" ] || fail "msync did not flush the device"
mapper_down
must umount /mnt/a

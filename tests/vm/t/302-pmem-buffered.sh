# proves: what is written through the page cache is on the medium after fsync, read directly or after a rebind
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
must dd if=/dev/urandom of=want bs=1M count=8 status=none
must dd if=want of="$DISK" bs=64k seek=1M oflag=seek_bytes conv=fsync status=none
must dd if="$DISK" of=have bs=1M count=8 skip=1 iflag=direct status=none
must cmp want have
settle
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
[ ! -b "$DISK" ] || fail "the disk is still there after unbind"
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
disk_up
must dd if="$DISK" of=have bs=1M count=8 skip=1 iflag=direct status=none
must cmp want have

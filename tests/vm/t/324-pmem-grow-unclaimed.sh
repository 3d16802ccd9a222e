# proves: a region that no ULD claims grows, and is claimed later at its new size
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
must dd if=/dev/urandom of=want bs=1M count=1 status=none
must dd if=want of="$DISK" bs=1M oflag=direct status=none
settle
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
same "" "$(<$REGION/uld)" ULD
must sysfs_write $MEMMAP/add "128M@$NVM_SS"
settle
same $((128 * MIB)) "$(<$REGION/size)" "size of the region"
# who unbound it by hand does not want it bound again by a growth
same unclaimed "$(<$REGION/state)" state
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
disk_up
same nvm_pmem "$(<$REGION/uld)" ULD
same $((128 * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
must dd if="$DISK" of=have bs=1M count=1 iflag=direct status=none
must cmp want have
must write_at $((128 * MIB - 4096)) 4096

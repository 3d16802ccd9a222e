# proves: the list of poison belongs to the region: it outlives the ULD, and the disk has it again
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M
must fake poison a 8192 512
settle
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
same "16 1" "$(<$REGION/badblocks)" "while nobody claims the region"
# reported while nobody is there to hear it
must fake poison a 65536 4096
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
disk_up
badblocks_are "16 1" "128 8"
must_fail EIO read_at 8192 512
must_fail EIO read_at 65536 512
must write_at 8192 4096
must write_at 65536 4096
badblocks_are ""
must read_at 8192 4096

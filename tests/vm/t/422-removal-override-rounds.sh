# proves: 15 rounds of moving a region to another driver and back by driver_override under I/O leak nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# move_to ULD: from whoever has it
move_to()
{
	must sysfs_write $REGION/driver_override "$1"
	must sysfs_write "/sys/bus/nvm/drivers/$(<$REGION/uld)/unbind" nvm0
	# EBUSY until the last user of the old disk has seen the error
	wait_for "sysfs_write /sys/bus/nvm/drivers/$1/bind nvm0" 30
	same "$1" "$(<$REGION/uld)" "ULD"
}

there_and_back()
{
	move_to nvm_rival
	[ ! -b "$DISK" ] || fail "the disk is still there"
	must_fail - sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
	move_to nvm_pmem
}

memmap_up 64M
must modprobe nvm_rival priority=-1
rounds_leak_nothing 15 there_and_back

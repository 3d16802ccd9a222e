# proves: 30 rounds of moving a region to another driver and back by driver_override under I/O leak nothing
# timeout: 400
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# move_to ULD: from whoever has it
move_to()
{
	must sysfs_write $REGION/driver_override "$1"
	must sysfs_write "/sys/bus/nvm/drivers/$(<$REGION/uld)/unbind" nvm0
	# EBUSY until the last user of the old disk has seen the error
	wait_for "sysfs_write /sys/bus/nvm/drivers/$1/bind nvm0" 10
	same "$1" "$(<$REGION/uld)" "ULD"
}

rounds()
{
	local n

	pound_up
	for ((n = 0; n < $1; n++)); do
		under_io
		move_to nvm_rival
		[ ! -b "$DISK" ] || fail "the disk is still there"
		must_fail - sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
		move_to nvm_pmem
	done
	pound_down
	disk_up
}

memmap_up 64M
must modprobe nvm_rival priority=-1
rounds 3
footprint >before
rounds 30
footprint >after
no_leak before after

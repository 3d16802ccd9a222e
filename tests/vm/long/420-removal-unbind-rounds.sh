# proves: 40 rounds of unbinding and binding the driver under I/O leak neither memory nor addresses
# timeout: 400
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

rounds()
{
	local n

	pound_up
	for ((n = 0; n < $1; n++)); do
		under_io
		must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
		# EBUSY until the last user of the old disk has seen the error
		wait_for 'sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0' 10
	done
	pound_down
	disk_up
}

memmap_up 64M
rounds 5
footprint >before
rounds 40
footprint >after
no_leak before after

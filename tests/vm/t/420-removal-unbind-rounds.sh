# proves: 40 rounds of unbinding and binding the driver under I/O leak neither memory nor addresses
# timeout: 300
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

unbind_bind()
{
	must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
	# EBUSY until the last user of the old disk has seen the error
	wait_for 'sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0' 30
}

memmap_up 64M
rounds_leak_nothing 40 unbind_bind

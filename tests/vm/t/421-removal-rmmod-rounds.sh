# proves: 15 rounds of unloading and loading the driver under I/O, once unbound by force, leak nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

rmmod_modprobe()
{
	must_fail - rmmod nvm_pmem
	must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
	# whoever had it open needs a moment to see the error and close
	wait_for 'rmmod nvm_pmem' 30
	must modprobe nvm_pmem
}

memmap_up 64M
rounds_leak_nothing 15 rmmod_modprobe

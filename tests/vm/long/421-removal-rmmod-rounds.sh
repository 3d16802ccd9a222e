# proves: 30 rounds of unloading and loading the driver under I/O, once unbound by force, leak nothing
# timeout: 400
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

rounds()
{
	local n

	pound_up
	for ((n = 0; n < $1; n++)); do
		under_io
		must_fail - rmmod nvm_pmem
		must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
		# whoever had it open needs a moment to see the error and close
		wait_for 'rmmod nvm_pmem' 10
		must modprobe nvm_pmem
	done
	pound_down
	disk_up
}

memmap_up 64M
rounds 3
footprint >before
rounds 30
footprint >after
no_leak before after

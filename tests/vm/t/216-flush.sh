# proves: a write to flush returns when the regions on offer were offered
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap
for _ in 1 2 3 4 5; do
	must sysfs_write $P/add "4M@$(at 0),4M@$(at 8),4M@$(at 16),4M@$(at 24),4M@$(at 32),4M@$(at 40)"
	must sysfs_write $BUS/flush 1
	same "claimed claimed claimed claimed claimed claimed" "$(cat $BUS/devices/*/state | xargs)" states
	# in the order they came
	same "nvm0 nvm1 nvm2 nvm3 nvm4 nvm5" "$(cat $BUS/devices/*/disk | xargs)" disks
	udevadm settle
	wait_for "write-once $P/map $'\n'" 30
done
# a ULD that comes later, too
must sysfs_write $P/add "4M@$(at 0)"
settle
must rmmod nvm_pmem
must modprobe nvm_pmem
must sysfs_write $BUS/flush 1
same claimed "$(attr nvm0 state)" state
settle

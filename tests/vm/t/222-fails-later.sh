# proves: what was held and then kept, and what was made and then taken back, works as before
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 16)"
must sysfs_write $FAKE "add f $((4 << 20)) $(at 32)"
settle
events=$(cat $BUS/events)
for _ in 1 2 3; do
	# nvm0 is held, nvm1 grown, one made at 64, then the last is refused
	must refused EBUSY map "8M@$(at 16),4M@$(at 64),4M@$(at 32)"
done
udevadm settle
same "$events" "$(cat $BUS/events)" "number of events: nobody heard of it"
must sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
must sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
settle
must sysfs_write $P/map "8M@$(at 16),4M@$(at 64)"
same "nvm1 nvm2 nvm3" "$(regions | xargs)" "regions, no number lost"
settle

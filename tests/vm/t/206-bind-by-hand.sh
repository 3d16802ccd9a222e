# proves: unbind lets go, bind takes what was asked for, also the lower priority
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_rival priority=-5
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
for _ in 1 2 3; do
	must sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
	same "unclaimed " "$(attr nvm0 state) $(attr nvm0 uld)" "state and uld"
	[ ! -e /dev/nvm0 ] || fail "the disk is still there"
	must_fail ENODEV sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
	must sysfs_write $BUS/drivers/nvm_rival/bind nvm0
	same "claimed nvm_rival" "$(attr nvm0 state) $(attr nvm0 uld)" "state and uld"
	must_fail - sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
	must sysfs_write $BUS/drivers/nvm_rival/unbind nvm0
	must sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
	same "claimed nvm_pmem nvm0" "$(attr nvm0 state) $(attr nvm0 uld) $(attr nvm0 disk)" \
		"state, uld and disk"
	settle
done
same "4M@$(at 0)" "$(cat $P/map)" map
must_fail ENODEV sysfs_write $BUS/drivers/nvm_pmem/bind nvm7

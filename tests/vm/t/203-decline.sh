# proves: a better ULD that declines is shown with its reason, and the next gets the region
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
no_autoload
must modprobe nvm_pmem
must modprobe nvm_rival probe_err=-19
must modprobe nvm_memmap "map=4M@$(at 0)"
must sysfs_write $BUS/flush 1
same nvm_pmem "$(attr nvm0 uld)" uld
same "nvm_rival: told to decline with -19" "$(attr nvm0 declined)" declined
expect_log 'nvm0: declined by nvm_rival: told to decline with -19'
# another errno than ENODEV is a reason too, and no end of the walk
echo -5 >/sys/module/nvm_rival/parameters/probe_err
must sysfs_write $P/add "4M@$(at 16)"
must sysfs_write $BUS/flush 1
same nvm_pmem "$(attr nvm1 uld)" uld
same "nvm_rival: told to decline with -5" "$(attr nvm1 declined)" declined
# nobody else: unclaimed, with the reason
settle
must rmmod nvm_pmem
must sysfs_write $P/add "4M@$(at 32)"
must sysfs_write $BUS/flush 1
same "unclaimed nvm_rival: told to decline with -5" "$(attr nvm2 state) $(attr nvm2 declined)" \
	"state and declined"
# a new walk begins with a clean list
echo 0 >/sys/module/nvm_rival/parameters/probe_err
must modprobe nvm_pmem
must sysfs_write $BUS/flush 1
same "nvm_rival " "$(attr nvm2 uld) $(attr nvm2 declined)" "uld and declined"
settle

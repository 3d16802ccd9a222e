# proves: a better ULD that arrives later takes no region that is claimed
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
no_autoload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
must modprobe nvm_rival priority=100
must sysfs_write $BUS/flush 1
same nvm_pmem "$(attr nvm0 uld)" uld
must dd if=/dev/nvm0 of=/dev/null bs=4k count=1 iflag=direct status=none
# but the next it does
must sysfs_write $P/add "4M@$(at 16)"
must sysfs_write $BUS/flush 1
same nvm_rival "$(attr nvm1 uld)" "uld of the new region"
# and what is let go of is offered again to whoever comes
settle
must rmmod nvm_rival
same unclaimed "$(attr nvm1 state)" state
must rmmod nvm_pmem
must modprobe nvm_pmem
must sysfs_write $BUS/flush 1
same "nvm_pmem nvm_pmem" "$(attr nvm0 uld) $(attr nvm1 uld)" uld
settle

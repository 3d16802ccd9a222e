# proves: a region without a ULD sits there and says so, until one is loaded
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
no_autoload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
[ ! -e /sys/module/nvm_pmem ] || fail "nvm_pmem was loaded"
same unclaimed "$(attr nvm0 state)" state
same "  " "$(attr nvm0 uld) $(attr nvm0 disk) $(attr nvm0 declined)" "uld, disk, declined"
same 0 "$(attr nvm0 users)" users
[ ! -e $BUS/devices/nvm0/driver ] || fail "it has a driver"
# it can grow and go nevertheless
must sysfs_write $P/add "8M@$(at 0),4M@$(at 16)"
must sysfs_write $P/remove "4M@$(at 16)"
must modprobe nvm_pmem
must sysfs_write $BUS/flush 1
same "claimed nvm_pmem nvm0" "$(attr nvm0 state) $(attr nvm0 uld) $(attr nvm0 disk)" "state, uld, disk"
same $((8 << 11)) "$(cat /sys/block/nvm0/size)" "sectors of the disk"
settle
must rmmod nvm_pmem
same "unclaimed  " "$(attr nvm0 state) $(attr nvm0 uld) $(attr nvm0 disk)" "state, uld, disk"

# proves: a ULD is not offered a region without the capabilities it needs
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
no_autoload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
same "clear_poison dax grow" "$(attr nvm0 capabilities)" capabilities
must sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
must rmmod nvm_pmem
# discard, which it has not, beside grow, which it has
must modprobe nvm_rival needs=$((1 << 5 | 1 << 7))
must sysfs_write $BUS/flush 1
same "unclaimed " "$(attr nvm0 state) $(attr nvm0 declined)" "state and declined"
must_fail - sysfs_write $BUS/drivers/nvm_rival/bind nvm0
must rmmod nvm_rival
must modprobe nvm_rival needs=$((1 << 1 | 1 << 4 | 1 << 7))
must sysfs_write $BUS/flush 1
same nvm_rival "$(attr nvm0 uld)" uld

# proves: driver_override keeps others off, chooses, and is reset by an empty write
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_rival priority=-5
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
override=$BUS/devices/nvm0/driver_override
unbind() { must sysfs_write "$BUS/drivers/$1/unbind" nvm0; }
# offer: have the region walked again
offer() { must sysfs_write $BUS/drivers_probe nvm0; must sysfs_write $BUS/flush 1; }

same "" "$(cat $override)" "driver_override at first"
must sysfs_write $override nvm_rival
same nvm_rival "$(cat $override)" driver_override
same nvm_pmem "$(attr nvm0 uld)" "uld before it is unbound"
unbind nvm_pmem
must_fail - sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
offer
same nvm_rival "$(attr nvm0 uld)" "uld that was chosen"
unbind nvm_rival
must sysfs_write $override nobody
offer
must_fail - sysfs_write $BUS/drivers/nvm_rival/bind nvm0
same unclaimed "$(attr nvm0 state)" "state with driver_override=nobody"
must sysfs_write $override $'\n'
same "" "$(cat $override)" "driver_override after reset"
# with nothing to stand back for in this walk the first that matches has it
must sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
same nvm_pmem "$(attr nvm0 uld)" uld
# forms
must sysfs_write $override $'nvm_pmem\n'
same nvm_pmem "$(cat $override)" driver_override
must_fail EINVAL sysfs_write $override "$(printf '%065d' 0)"
must_fail EINVAL sysfs_write $override "$(printf '%04096d' 0)"
must_fail EINVAL sysfs_write $override $'nvm_pmem\nnvm_rival'
same nvm_pmem "$(cat $override)" "driver_override after refusals"
must sysfs_write $override "$(printf '%064d' 0)"
settle

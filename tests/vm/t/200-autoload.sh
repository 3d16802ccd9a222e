# proves: the arrival of a region loads its ULD, by its modalias
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap
settle
[ ! -e /sys/module/nvm_pmem ] || fail "nvm_pmem is there without a region"
must sysfs_write $P/add "4M@$(at 0)"
settle
[ -e /sys/module/nvm_pmem ] || fail "nvm_pmem was not loaded"
same claimed "$(attr nvm0 state)" state
same nvm_pmem "$(attr nvm0 uld)" uld
same nvm_pmem "$(basename "$(readlink $BUS/devices/nvm0/driver)")" driver
same nvm0 "$(attr nvm0 disk)" disk
same nvm_pmem "$(modprobe -R "$(attr nvm0 modalias)")" "what the modalias names"

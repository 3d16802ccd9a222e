# proves: a device whose data cannot be made durable is not removed: EIO, and it stays as it was
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

quiesce_err=/sys/module/nvm_rival/parameters/quiesce_err
durable="data that could not be made durable"

at_exit nvm_unload
must modprobe nvm_rival quiesce_err=-5
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 16)"
settle
same "nvm_rival nvm_rival" "$(attr nvm0 uld) $(attr nvm1 uld)" "who claims them"
must refused EIO map "4M@$(at 16)" "4M@$(at 0): nvm0 has $durable"
must refused EIO map $'\n' "$durable"
must refused EIO remove "4M@$(at 16)" "4M@$(at 16): nvm1 has $durable"
same "nvm_rival nvm_rival" "$(attr nvm0 uld) $(attr nvm1 uld)" "who claims them afterwards"
same "claimed claimed" "$(attr nvm0 state) $(attr nvm1 state)" states
# once it can, they go
must sysfs_write $quiesce_err 0
must sysfs_write $P/map $'\n'
same "" "$(regions)" regions

# proves: map reads the devices by address, add and remove read empty
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap
same 1 "$(wc -c <$P/map)" "bytes of map without devices"
must sysfs_write $P/add "0x600000@$((NVM_SS + (16 << 20)))"
must sysfs_write $P/add "2048K@$(at 8):type=1:uid=memmap-${NVM_SS#0x}-b"
must sysfs_write $P/add "32M@$(at 32)"
settle
must sysfs_write $P/remove "32M@$(at 32)"
same "2M@$(at 8):uid=memmap-${NVM_SS#0x}-b,6M@$(at 16)" "$(cat $P/map)" map
same 1 "$(wc -l <$P/map)" "lines of map"
same 0 "$(wc -c <$P/add)" "bytes of add"
same 0 "$(wc -c <$P/remove)" "bytes of remove"
same "644 644 644 444" "$(stat -c %a $P/map $P/add $P/remove $P/last_error | xargs)" modes

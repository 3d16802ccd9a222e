# proves: a number is free again only when its region was released, a uid when it has left the bus
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap
must sysfs_write $FAKE "add a $((4 << 20)) $(at 0)"
must sysfs_write $FAKE "add b $((4 << 20)) $(at 8)"
settle
same "nvm0 nvm1" "$(regions | xargs)" regions
exec 9</dev/nvm0
must sysfs_write $FAKE "unregister a"
same nvm1 "$(regions)" regions
# its user has it yet: the number is not free
must sysfs_write $P/add "4M@$(at 16)"
settle
same "nvm1 nvm2" "$(regions | xargs)" regions
# but what was unplugged can be plugged again
must sysfs_write $P/add "4M@$(at 24):uid=a"
settle
same "nvm1 nvm2 nvm3" "$(regions | xargs)" regions
same a "$(attr nvm3 uid)" "uid of nvm3"
must refused EEXIST add "4M@$(at 32):uid=a" "uid=a is that of 4M@$(at 24)"
exec 9<&-
settle
must sysfs_write $P/add "4M@$(at 40)"
settle
same "nvm0 nvm1 nvm2 nvm3" "$(regions | xargs)" regions

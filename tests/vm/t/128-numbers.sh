# proves: a number is free again only when its region was released
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
# its user has it yet: neither number nor uid is free
must sysfs_write $P/add "4M@$(at 16)"
settle
same "nvm1 nvm2" "$(regions | xargs)" regions
must_fail EEXIST sysfs_write $FAKE "add a $((4 << 20)) $(at 24)"
must refused EEXIST add "4M@$(at 24):uid=a" "uid a is taken by nvm0 of nvm_fake"
exec 9<&-
settle
must sysfs_write $P/add "4M@$(at 24):uid=a"
settle
same "nvm0 nvm1 nvm2" "$(regions | xargs)" regions
same a "$(attr nvm0 uid)" "uid of nvm0"

# proves: a uid that is taken is EEXIST, with the region that has it
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must sysfs_write $FAKE "add same-uid $((4 << 20)) $(at 0)"
must_fail EEXIST sysfs_write $FAKE "add same-uid $((4 << 20)) $(at 16)"
expect_log 'uid same-uid is taken by nvm0 of nvm_fake'
must modprobe nvm_memmap
must refused EEXIST add "4M@$(at 32),4M@$(at 16):uid=same-uid" "4M@$(at 16)" "same-uid is taken"
must sysfs_write $FAKE "add Same-uid $((4 << 20)) $(at 16)"
settle
must sysfs_write $FAKE "unregister same-uid"
must sysfs_write $P/add "4M@$(at 32):uid=same-uid"
same "same-uid Same-uid" "$(attr nvm0 uid) $(attr nvm1 uid)" uids
settle

# proves: a uid that is taken is EEXIST, with the region that has it, until that has left the bus
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must sysfs_write $FAKE "add same-uid $((4 << 20)) $(at 0)"
must_fail EEXIST sysfs_write $FAKE "add same-uid $((4 << 20)) $(at 16)"
expect_log 'uid same-uid is taken by nvm0 of nvm_fake'
must modprobe nvm_memmap
# a claim that comes meanwhile would be a change
settle
must refused EEXIST add "4M@$(at 32),4M@$(at 16):uid=same-uid" "4M@$(at 16)" "same-uid is taken"
must sysfs_write $FAKE "add Same-uid $((4 << 20)) $(at 16)"
settle
must sysfs_write $FAKE "unregister same-uid"
must sysfs_write $P/add "4M@$(at 32):uid=same-uid"
same "same-uid Same-uid" "$(attr nvm0 uid) $(attr nvm1 uid)" uids
settle

# one that its last user keeps has no claim on the name
exec 9</dev/nvm1
must sysfs_write $FAKE "unregister Same-uid"
must sysfs_write $FAKE "add Same-uid $((4 << 20)) $(at 24)"
settle
same "Same-uid" "$(attr nvm2 uid)" "uid while the former is in use"
exec 9<&-

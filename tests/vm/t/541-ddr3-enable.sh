# proves: a DDR3 module that cannot be enabled, or hangs when it is, is no region, keeps its claim as long as it hangs, and the kernel goes on
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake=/sys/module/nvm_ddr3_fake/parameters
claims() { grep -c ' : nvm_ddr3_fake$' /proc/iomem; }
module() { must modprobe nvm_ddr3_fake start="$NVM_SS" size=$((64 * MIB)) "$@"; }

at_exit nvm_unload
module enable_err=-5
expect_log "nvm_ddr3_fake nvm_ddr3_fake: $NVM_SS, $((64 * MIB)) bytes: cannot be enabled: -(EIO|5)"
same '' "$(regions)" 'regions after a failure'
same 0 "$(claims)" 'claims after a failure'
must rmmod nvm_ddr3_fake

# the module is refused while it still hangs; its shim stays until it does not
module hang=1
expect_log "$NVM_SS, $((64 * MIB)) bytes: cannot be enabled: -(ETIMEDOUT|110)"
same Y "$(<$fake/enabling)" enabling
same '' "$(regions)" 'regions after a time-out'
same 1 "$(claims)" 'claims while it hangs'
must_fail "in use" rmmod nvm_ddr3_fake
must sysfs_write $fake/hang 0
wait_for 'rmmod nvm_ddr3_fake' 30
same '' "$(regions)" 'regions after it ended'
same 0 "$(claims)" 'claims after it ended'

# someone else has the memory
must modprobe nvm_fake
must fake add a $((4 * MIB)) "$NVM_SS"
module
expect_log "$NVM_SS, $((64 * MIB)) bytes: overlaps nvm0 of nvm_fake"
same 'nvm0' "$(regions)" regions
must rmmod nvm_ddr3_fake
settle
must fake unregister a

# who waits for it is no task that hangs; udev, which would look at what is being
# bound, is
udevd_stop
hung=/proc/sys/kernel/hung_task_timeout_secs
at_exit sysfs_write $hung "$(<$hung)"
must sysfs_write $hung 3
module hang=1 enable_ms=9000
expect_log "$NVM_SS, $((64 * MIB)) bytes: cannot be enabled: -(ETIMEDOUT|110)"
must sysfs_write $hung 120
must sysfs_write $fake/hang 0
wait_for 'rmmod nvm_ddr3_fake' 30

# proves: a region that its ULD cannot map stays, says why, and leaves nothing behind when it goes
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh
before=$(cat /proc/iomem)
must modprobe nvm_pmem
must modprobe nvm_fake
at_exit nvm_unload
# uncached: nvm_pmem has a disk by the time it learns that it cannot map it
must sysfs_write /sys/module/nvm_fake/parameters/cmd "add a $((4 << 20)) $NVM_SS 0 2"
settle
same unclaimed "$(cat /sys/bus/nvm/devices/nvm0/state)" state
grep -q '^nvm_pmem: cannot map it: -EOPNOTSUPP' /sys/bus/nvm/devices/nvm0/declined ||
	fail "declined: $(cat /sys/bus/nvm/devices/nvm0/declined)"
[ ! -e /sys/block/nvm0 ] || fail "there is a disk"
must_fail - sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0
must sysfs_write /sys/module/nvm_fake/parameters/cmd "unregister a"
same "$before" "$(cat /proc/iomem)" "/proc/iomem"
must timeout $((20 * NVM_SCALE)) rmmod nvm_pmem

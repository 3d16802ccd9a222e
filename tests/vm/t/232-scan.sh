# proves: a write to scan asks each LLD that can look again, its errno reaches the writer, one without is not asked
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap
# nobody to ask
must sysfs_write $BUS/scan 1
must modprobe nvm_fake
fake=/sys/module/nvm_fake/parameters
same 0 "$(cat $fake/scans)" scans
must sysfs_write $BUS/scan 1
same 1 "$(cat $fake/scans)" scans
for wrong in 0 2 $'\n' nvm_fake; do
	must_fail EINVAL sysfs_write $BUS/scan "$wrong"
done
expect_log 'scan: takes 1 and nothing else'
same 1 "$(cat $fake/scans)" scans
must sysfs_write $fake/scan_errno 5
must_fail EIO sysfs_write $BUS/scan 1
expect_log 'nvm: scan: nvm_fake could not look again: error -5'
must_fail 'could not look again' nvmctl scan
must sysfs_write $fake/scan_errno 0
must nvmctl scan
# taken back: the next write must not reach a module that is gone
must modprobe -r nvm_fake
must sysfs_write $BUS/scan 1

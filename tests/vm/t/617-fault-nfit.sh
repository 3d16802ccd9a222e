# proves: each allocation while nvm_nfit binds and reads the firmware's table fails once: told, nothing left, next try works
# kernels: debug
# vm: nfit
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-fault-lld.sh
. /payload/t/lib-fault-lld.sh

at_exit nvm_unload
must nvm_unload
faults_up
acpi_is_spared
must modprobe nvm_nfit
must sysfs_write /sys/bus/acpi/drivers/nvm_nfit/unbind ACPI0012:00
lld_walk /sys/bus/acpi/drivers/nvm_nfit ACPI0012:00 3 'ACPI0012:00: '

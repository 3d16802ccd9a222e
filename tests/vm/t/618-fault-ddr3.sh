# proves: each allocation while a DDR3 shim binds to what the BIOS marks, or arms a module on the SMBus, fails once: told, nothing left, next try works
# kernels: debug
# vm: e820
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-fault-lld.sh
. /payload/t/lib-fault-lld.sh

smbus_up
faults_up
acpi_is_spared
must sysfs_write $DEV/driver_override nvm_ddr3_e820
must modprobe nvm_ddr3_e820
must sysfs_write $PLATFORM/drivers/nvm_ddr3_e820/unbind e820_pmem
lld_walk $PLATFORM/drivers/nvm_ddr3_e820 e820_pmem 1 'e820_pmem'
must rmmod nvm_ddr3_e820

smbus_load
must sysfs_write $SMBUS/unbind nvm_ddr3_smbus.0
lld_walk $SMBUS nvm_ddr3_smbus.0 1 'nvm_ddr3_smbus.0'

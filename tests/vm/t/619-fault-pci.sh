# proves: each allocation while nvm_pci binds to an ivshmem or to a PMR fails once: told, nothing left, next try works
# kernels: debug
# vm: pci
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh
# shellcheck source=tests/vm/t/lib-fault-lld.sh
. /payload/t/lib-fault-lld.sh

at_exit nvm_unload
must nvm_unload
faults_up
acpi_is_spared
must modprobe nvm_pci
for dev in "$DRIVER"/0000:*; do
	must sysfs_write "$DRIVER/unbind" "${dev##*/}"
done
dev=$(find_pci $IVSHMEM 2 64)
lld_walk $DRIVER "$dev" 1 "$dev"

nvme=$(find_pci 0x1b36:0x0010 4 32)
bring_back "$nvme"
must sysfs_write "$PCI/$nvme/driver_override" nvm_pci
[ ! -e "$PCI/$nvme/driver" ] || must sysfs_write "$PCI/$nvme/driver/unbind" "$nvme"
lld_walk $DRIVER "$nvme" 1 "$nvme"

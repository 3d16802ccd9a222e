# proves: the uid of memory behind PCI is made of the device's serial number where it has one
# vm: pci-lab
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

must nvm_unload
at_exit nvm_unload
must modprobe nvm_pci
dev=$(find_pci 0x8086:0x0d93)
same "Device Serial Number 11-22-33-44-55-66-77-88" \
	"$(lspci -vs "$dev" | grep -o 'Device Serial Number.*')" 'what lspci reads'
# QEMU has no device with a serial number and memory enough for a region, so
# the uid stands in the refusal
at_exit eval "sysfs_write $DRIVER/remove_id '8086 0d93' 2>/dev/null"
must sysfs_write $DRIVER/new_id "8086 0d93 ffffffff ffffffff 0 0 1"
expect_log "nvm_pci $dev: region pci-dsn-1122334455667788-f0-bar2 at .*refused: its size is not a multiple of 2 MiB"
same '' "$(regions)" regions

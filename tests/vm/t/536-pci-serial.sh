# proves: the uid of memory behind PCI is made of the device's serial number where it has one, and the disk's name with it, wherever the device is found
# kernels: either
# vm: pci-lab
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

must nvm_unload
at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_pci
# one whose memory is too little for a region: the uid stands in the refusal
dev=$(find_pci 0x8086:0x0d93)
same "Device Serial Number 11-22-33-44-55-66-77-88" \
	"$(lspci -vs "$dev" | grep -o 'Device Serial Number.*')" 'what lspci reads'
at_exit eval "sysfs_write $DRIVER/remove_id '8086 0d93' 2>/dev/null"
must sysfs_write $DRIVER/new_id "8086 0d93 ffffffff ffffffff 0 0 1"
expect_log "nvm_pci $dev: region pci-dsn-1122334455667788-f0-bar2 at .*refused: its size is not a multiple of 2 MiB"
same '' "$(regions)" regions

# no device of QEMU's has both: one with memory gets a serial number from us
nvme=$(find_pci 0x1b36:0x0010 4 32)
bring_back "$nvme"
by_id=/dev/disk/by-id/nvm-pci

# named UID: the disk of the controller
named()
{
	settle
	same "$1" "$(<$REGION/uid)" uid
	wait_for "[ /dev/disk/by-id/nvm-$1 -ef $DISK ]" 30
	settle
}

bind_to "$nvme" nvm_pci
named "pci-$nvme-bar4"
at_exit rmmod nvm_fake_dsn
must modprobe nvm_fake_dsn "device=$nvme" serial=0x0102030405060708
same "Device Serial Number 01-02-03-04-05-06-07-08" \
	"$(lspci -vs "$nvme" | grep -o 'Device Serial Number.*')" 'what lspci reads'
bind_to "$nvme" nvm_pci
named pci-dsn-0102030405060708-f0-bar4
[ ! -e "$by_id-$nvme-bar4" ] || fail "it has a name by its slot, too"
# removed and found again
must sysfs_write "$PCI/$nvme/driver_override" $'\n'
must sysfs_write "$PCI/$nvme/remove" 1
settle
same '' "$(regions)" 'regions without it'
[ ! -e "$by_id-dsn-0102030405060708-f0-bar4" ] || fail "a name of what went"
must sysfs_write /sys/bus/pci/rescan 1
settle
bind_to "$nvme" nvm_pci
named pci-dsn-0102030405060708-f0-bar4
# another card in the same slot is not it
must sysfs_write /sys/module/nvm_fake_dsn/parameters/serial 0x0102030405060709
bind_to "$nvme" nvm_pci
named pci-dsn-0102030405060709-f0-bar4
bind_to "$nvme" ''
settle

# proves: udev names a disk behind PCI by its slot, as other disks are, and its partition with it; the name is there again after the device was removed and found anew, also as another number
# kernels: either
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

dev=$(find_pci $IVSHMEM 2 64)
other=$(find_pci 0x1234:0x1111)
path=/dev/disk/by-path/pci-$dev-nvm

# what systemd says of it: nothing, so there is no other name
pci_up
same '' "$(udevadm test-builtin path_id /sys/block/nvm0 2>/dev/null | grep ID_PATH=)" 'path_id'
wait_for "[ $path -ef $DISK ]" 30
same "ID_PATH=pci-$dev-nvm" "$(udevadm info -q property -n $DISK | grep '^ID_PATH=')" property
same "$path" "$(find /dev/disk/by-path -lname '*/nvm0')" 'names by path'
must addpart $DISK 1 2048 8192
wait_for "[ $path-part1 -ef ${DISK}p1 ]" 30
settle
must delpart $DISK 1
settle

# another one comes first
must sysfs_write "$PCI/$dev/remove" 1
settle
[ ! -e "$path" ] || fail "a name of what went"
at_exit eval "[ -e $PCI/$dev ] || sysfs_write /sys/bus/pci/rescan 1"
bring_back "$other"
must bind_to "$other" nvm_pci
settle
wait_for "[ /dev/disk/by-path/pci-$other-nvm -ef /dev/nvm0 ]" 30
must sysfs_write /sys/bus/pci/rescan 1
settle
wait_for "[ $path -ef /dev/nvm1 ]" 30
settle
must bind_to "$other" ''
settle

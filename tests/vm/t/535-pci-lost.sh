# proves: a device that has vanished when its driver is told is lost: mappings give SIGBUS, nothing is written back
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

pci_up
dev=$(find_pci $IVSHMEM 2 64)
port=$(basename "$(dirname "$(realpath "$PCI/$dev")")")
allow_log 'EXT4-fs|Buffer I/O|JBD2'
put_fs ext4 /mnt/a
must fallocate -l 4M /mnt/a/f
mapper_up /mnt/a/f 1024
must sync -f /mnt/a

# The port cuts the power, as a pulled card does, and nobody says so.
must setpci -s "${port#0000:}" CAP_EXP+18.w=0400:0400
at_exit eval "sysfs_write /sys/bus/pci/rescan 1; settle"
at_exit setpci -s "${port#0000:}" CAP_EXP+18.w=0000:0400
same ffff "$(setpci -s "${dev#0000:}" 0.w)" 'vendor of a device without power'
[ ! -e "$PCI/$dev" ] || must sysfs_write "$PCI/$dev/remove" 1
wait_for "! [ -e $PCI/$dev ]" 30
expect_log 'nvm_pci: its memory is lost'
same SIGBUS "$(ask r)" 'a load'
same SIGBUS "$(ask w)" 'a store'
same '' "$(regions)" regions
same 2 "$(claims)" 'claims while it is mounted'
mapper_down
umount /mnt/a
wait_for no_claims 30

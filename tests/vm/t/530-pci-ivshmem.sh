# proves: nvm_pci is loaded for an ivshmem, makes its BAR a region with DAX, and gives all back when it is unloaded
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

must nvm_unload
at_exit nvm_unload
cat /proc/iomem >before
dev=$(find_pci $IVSHMEM 2 64)
must sysfs_write "$PCI/$dev/uevent" add
settle
wait_for "[ -b $DISK ]" 30
settle

same nvm_pci "$(driver_of "$dev")" driver
same nvm0 "$(regions)" regions
same "pci-$dev-bar2" "$(<$REGION/uid)" uid
same nvm_pci "$(<$REGION/lld)" lld
same "$(bar_start "$dev" 2)" "$(<$REGION/start)" start
same $((64 * MIB)) "$(<$REGION/size)" size
same none "$(<$REGION/persistence_domain)" persistence_domain
same "$(realpath "$PCI/$dev")" "$(realpath $REGION/..)" parent

put_fs ext4 /mnt/a
must fallocate -l 4M /mnt/a/f
mapper_up -s /mnt/a/f 1024
same old "$(ask v)" "what was stored"
mapper_down
must umount /mnt/a

must rmmod nvm_pci
same '' "$(regions)" 'regions left'
cat /proc/iomem >after
must cmp before after
must test -e "$PCI/$dev/config"

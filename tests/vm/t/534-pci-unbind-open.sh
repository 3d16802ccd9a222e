# proves: unbound while its disk is open, the BAR's addresses stay claimed, and the device can be bound again when the last user has closed, at once if there is none
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

pci_up
dev=$(find_pci $IVSHMEM 2 64)
exec 9<$DISK
must sysfs_write $DRIVER/unbind "$dev"
same '' "$(regions)" regions
same 2 "$(claims)" 'claims while the disk is open'
must_fail - sysfs_write $DRIVER/bind "$dev"
expect_log "nvm_pci $dev: BAR 2 .* belongs to nvm0"
must_fail "in use" rmmod nvm_pci
exec 9<&-
wait_for no_claims 30
must sysfs_write $DRIVER/bind "$dev"
settle
same nvm0 "$(regions)" regions

# with nobody there it needs no pause
for ((i = 0; i < 20; i++)); do
	settle
	must sysfs_write $DRIVER/unbind "$dev"
	must sysfs_write $DRIVER/bind "$dev"
done
settle
same nvm0 "$(regions)" regions
must sysfs_write $DRIVER/unbind "$dev"
wait_for no_claims 30

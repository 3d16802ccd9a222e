# proves: persistent memory behind PCI is made safe and disabled for a suspend, and enabled again under a mounted file system; what may be lost ends the suspend; what does not come back is lost, also under a mount; the device stays awake while it is bound
# vm: pci-lab
# shellcheck source=tests/vm/t/lib-pmr.sh
. /payload/t/lib-pmr.sh

# nap [SECONDS]: all devices are suspended, and resumed so much later
nap()
{
	must sysfs_write /sys/module/suspend/parameters/pm_test_delay "${1:-0}"
	to_sleep
}

lab_up
nvme=$(find_pci 0x1b36:0x0010 4 32)
bring_back "$nvme"
pm_test devices 0
at_exit sysfs_write /proc/sys/kernel/printk "$(</proc/sys/kernel/printk)"

controller $BY_STATUS 0
must sysfs_write "$PCI/$lab/power/control" auto
# users: who wants it awake
users() { cat "$PCI/$lab/power/runtime_usage"; }
before=$(users)
must sysfs_write $DRIVER/bind "$lab"
disk_up
same active "$(<"$PCI/$lab/power/runtime_status")" 'runtime status'
[ "$(users)" -gt "$before" ] || fail "it may fall asleep while it is bound"

# not if what was written may be lost
must register $PMRSTS 1
must_fail EIO nap
expect_log "nvm_pci $lab: not suspended: writes may be lost"
same 0x1 "$(register $PMRCTL)" 'PMRCTL of what was not suspended'
must register $PMRSTS 0

must mkfs.ext4 -q -b 4096 $DISK
must mkdir -p /mnt/a
must mount $DISK /mnt/a
at_exit eval '! mountpoint -q /mnt/a || umount /mnt/a'
must cp /payload/lib.sh /mnt/a

# it comes back enabled; it was disabled meanwhile
must nap
same 0x1 "$(register $PMRCTL)" 'PMRCTL after the suspend'
must cmp /payload/lib.sh /mnt/a/lib.sh
must dd if=/dev/urandom of=/mnt/a/new bs=4096 count=16 conv=fsync status=none
must umount /mnt/a
must e2fsck -fn $DISK
settle
must sysfs_write $DRIVER/unbind "$lab"
same "$before" "$(users)" 'users of its power, unbound'

# not_back REGISTER VALUE LINE: it does not come back, for this register says so.
# It is read-only: otherwise its flush would end the suspend.
not_back()
{
	controller $BY_STATUS 0x400
	must sysfs_write $DRIVER/bind "$lab"
	disk_up
	same 'the controller made it read-only (PMRSTS.HSTS)' "$(<$REGION/read_only_reason)" reason
	must mount -o ro $DISK /mnt/a
	must register "$1" "$2"
	must nap
	expect_log "nvm_pci $lab: $3"
	wait_for '[ -z "$(regions)" ]' 30
	must_fail - dd if=/mnt/a/new of=/dev/null bs=4096 iflag=direct status=none
	[ "$(claims)" -gt 0 ] || fail "the addresses are free under a mount"
	must umount /mnt/a
	must sysfs_write $DRIVER/unbind "$lab"
	wait_for no_claims 30
}
not_back $PMRSTS 0x100 'not ready after 500 ms'
not_back $PMRSTS 0xffffffff 'does not answer'
not_back $PMRCAP 0xffffffff 'does not answer'

# neither under a file system that has something to write: it would wait for
# threads of its own, which sleep longer than the device
at_exit sysfs_write /sys/power/sync_on_suspend "$(</sys/power/sync_on_suspend)"
must sysfs_write /sys/power/sync_on_suspend 0
mkfs_small()
{
	case $1 in
	ext4) mkfs.ext4 -q -F -b 4096 $DISK ;;
	xfs) mkfs.xfs -q -f --unsupported -m reflink=0 -d agcount=1 $DISK ;;
	esac
}

for fs in ext4 xfs; do
	controller $BY_STATUS 0
	must sysfs_write $DRIVER/bind "$lab"
	disk_up
	must mkfs_small $fs
	must mount $DISK /mnt/a
	must dd if=/dev/urandom of=/mnt/a/new bs=1M count=4 status=none
	must mkdir /mnt/a/dir
	must register $PMRCAP 0xffffffff
	must nap
	wait_for '[ -z "$(regions)" ]' 30
	expect_log "nvm_pci $lab: does not answer"
	must_fail - dd if=/dev/zero of=/mnt/a/new bs=4096 count=1 oflag=direct conv=fsync status=none
	must umount /mnt/a
	must sysfs_write $DRIVER/unbind "$lab"
	wait_for no_claims 30
	settle
done

# a true controller
must bind_to "$nvme" nvm_pci
disk_up
must dd if=/dev/urandom of=data bs=1M count=4 status=none
must dd if=data of=$DISK bs=1M oflag=direct status=none
must nap
must cmp data <(dd if=$DISK bs=1M count=4 iflag=direct status=none)
must dd if=/dev/zero of=$DISK bs=4096 count=1 oflag=direct conv=fsync status=none
same 0 "$(<$REGION/read_only)" read_only

# what the kernel writes back while it sleeps waits until it is awake
vm=/proc/sys/vm
at_exit sysfs_write $vm/dirty_expire_centisecs "$(<$vm/dirty_expire_centisecs)"
at_exit sysfs_write $vm/dirty_writeback_centisecs "$(<$vm/dirty_writeback_centisecs)"
must sysfs_write $vm/dirty_expire_centisecs $((300 * NVM_SCALE))
must sysfs_write $vm/dirty_writeback_centisecs 50
must mkfs.ext4 -q -b 4096 $DISK
must mount $DISK /mnt/a
must dd if=/dev/urandom of=data bs=1M count=4 status=none
must dd if=data of=/mnt/a/data bs=1M status=none
nap $((6 * NVM_SCALE)) || fail "no nap: exit code $?"
must umount /mnt/a
must sysfs_write $vm/drop_caches 1
must e2fsck -fn $DISK
must mount -o ro $DISK /mnt/a
must cmp data /mnt/a/data
must umount /mnt/a
settle
must bind_to "$nvme" ''
settle

# proves: a module that was not ready comes by a scan, one that hangs holds up nobody, who has the memory already is named, and it goes while polled or under a mount
# kernels: either
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

smbus_up
must modprobe nvm_pmem
range='0x130000000, 134217728 bytes'

# no answer at first
ctrl nack 0
refused "$range: cannot be enabled: -(ENXIO|6): its controller does not answer"
must_fail 'could not look again' nvmctl scan
expect_log 'nvm: scan: nvm_ddr3_smbus could not look again: error -6'
same '' "$(regions)" 'regions after a scan in vain'
ctrl nack -1
must nvmctl scan
disk_up
same nvm0 "$(regions)" 'regions after a scan'
must nvmctl scan
same 1 "$(<$CTRL/arms)" 'commands to arm'

# a device that is none of its modules
must sysfs_write $DEV/driver_override nvm_ddr3_smbus
must_fail - sysfs_write $SMBUS/bind e820_pmem
must sysfs_write $DEV/driver_override $'\n'
[ ! -e $DEV/driver ] || fail "it took e820_pmem"

# a second LLD is told who has it; so are we
must modprobe nvm_memmap
must_fail EBUSY sysfs_write $MEMMAP/add "128M@$START"
same 1 "$(grep -c 'nvm0 of nvm_ddr3_smbus' $MEMMAP/last_error)" "who has it, says nvm_memmap: $(<$MEMMAP/last_error)"
settle
must rmmod nvm_ddr3_smbus
must sysfs_write $MEMMAP/add "64M@$START"
refused_all "$range: overlaps nvm0 of nvm_memmap"
settle
must sysfs_write $MEMMAP/map $'\n'
must rmmod nvm_memmap

# two shims, each first once
# shellcheck disable=SC2119
e820_take
refused_all "$range: overlaps nvm0 of nvm_ddr3_e820"
settle
must rmmod nvm_ddr3_e820
smbus_load
disk_up
must modprobe nvm_ddr3_e820
expect_log "e820_pmem: $range: overlaps nvm0 of nvm_ddr3_smbus"
same nvm0 "$(regions)" 'regions of two shims'
must rmmod nvm_ddr3_e820
must sysfs_write $DEV/driver_override $'\n'
settle
must rmmod nvm_ddr3_smbus

# unloaded while it is polled, and while the bus takes its time
for n in 1 2 3 4 5 6; do
	smbus_load
	disk_up
	sleep 0.$n
	must rmmod nvm_ddr3_smbus
done
smbus_load
disk_up
ctrl stall 1
wait_for '[ "$(<$CTRL/stalled)" = 1 ]'
rmmod nvm_ddr3_smbus &
wait_for '! [ -e $REGION ] || sleep 0.2'
ctrl stall 0
must wait $!
same '' "$(regions)" 'regions after an rmmod that waited'
before=$(<$CTRL/transfers)
sleep 0.5
same "$before" "$(<$CTRL/transfers)" 'transfers of a driver that is gone'

# a transfer that does not end when it is enabled
ctrl stall 1
smbus_load enable_ms=500
expect_log "$range: cannot be enabled: -(ETIMEDOUT|110): it hangs"
same '' "$(regions)" 'regions while it hangs'
same 1 "$(smbus_claims)" 'claims while it hangs'
must_fail "in use" rmmod nvm_ddr3_smbus
must_fail 'could not look again' nvmctl scan
ctrl stall 0
wait_for '[ "$(smbus_claims)" = 0 ]'
must nvmctl scan
disk_up

# from under a mount
put_fs ext4 /mnt/a
must fallocate -l 4M /mnt/a/f
mapper_up /mnt/a/f 1024
must_fail "in use" rmmod nvm_ddr3_smbus
must sysfs_write $SMBUS/unbind nvm_ddr3_smbus.0
same '' "$(regions)" 'regions after the unbind'
same SIGBUS "$(ask r)" 'a load'
same 1 "$(smbus_claims)" 'claims while mounted'
must_fail 'could not look again' nvmctl scan
mapper_down
must umount /mnt/a
wait_for '[ "$(smbus_claims)" = 0 ]'
must nvmctl scan
disk_up
settle
must rmmod nvm_ddr3_smbus
must rmmod nvm_fake_ctrl

# proves: a module that cannot save is read-only with the cause, also while mounted, and writable again when it can; it is armed by itself once, and later only by a scan; arming that takes its time does not keep the system awake
# kernels: either
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# reason WORDS, writable: what the next looks at its health make of it
reason()
{
	wait_for "[[ \$(<$REGION/read_only_reason) == *'$1'* ]]"
	must_fail - write_at 0 4096
}

# writable [SECONDS]: it becomes so, in the time
writable()
{
	wait_for '[ -z "$(<$REGION/read_only_reason)" ]' "${1:-10}"
	must write_at 0 4096
}

smbus_up
must modprobe nvm_pmem
# no energy at boot: there, but read-only, and armed as soon as it has some
ctrl poke 'a2 8'
smbus_load
disk_up
same 'it has no energy source (MODULE_HEALTH_STATUS1)' "$(<$REGION/read_only_reason)" 'reason at first'
must_fail - write_at 0 4096
ctrl poke 'a2 1'
reason 'not enough energy for a save'
same 0 "$(<$CTRL/arms)" 'commands to arm without energy'
ctrl poke 'a2 0'
writable
same 1 "$(<$CTRL/arms)" 'commands to arm'

# under a mount
put_fs ext4 /mnt/a
ctrl poke 'a0 1'
wait_for '[[ $(<$REGION/read_only_reason) == *"persistency is lost"* ]]'
expect_log 'nvm0: nvm_ddr3_smbus: its persistency is lost \(MODULE_HEALTH\)'
same 1 "$(blockdev --getro $DISK)" 'disk is read-only'
must_fail - write_at 0 4096
ctrl poke 'a0 0'
wait_for '[ -z "$(<$REGION/read_only_reason)" ]'
expect_log 'nvm0: nvm_ddr3_smbus: may be written'
must touch /mnt/a/f
must sync -f /mnt/a
must umount /mnt/a

# who disarms it has a reason: it is armed again when a user says so
ctrl poke '6a 1'
reason 'not armed'
sleep 1
same 1 "$(<$CTRL/arms)" 'commands to arm of nobody'
must nvmctl scan
writable
same 2 "$(<$CTRL/arms)" 'commands to arm by a scan'
ctrl arm fails
ctrl poke '6a 0'
reason 'not armed'
must_fail 'could not look again' nvmctl scan
expect_log 'nvm_ddr3_smbus.0: cannot be armed: -(EIO|5): arming failed'
reason 'not armed'
ctrl arm ok
must nvmctl scan
writable
# a look at its health that takes its time does not make a scan fail
ctrl stall 1
wait_for '[ "$(<$CTRL/stalled)" -gt 0 ]'
sysfs_write /sys/bus/nvm/scan 1 &
scan=$!
wait_for "! kill -0 $scan 2>/dev/null || cat /proc/[0-9]*/stack 2>/dev/null | grep -q smbus_scan"
ctrl stall 0
must wait $scan

# the memory stays when the driver of the bus goes
settle
# a look at the controller may be under way
wait_for 'rmmod nvm_fake_ctrl' 30
reason 'its controller does not answer'
must_fail 'could not look again' nvmctl scan
ctrl_up
reason 'not armed'
must nvmctl scan
writable
settle
must rmmod nvm_ddr3_smbus

# what was saved and not restored is not given up for good
ctrl poke '6a 0'
ctrl poke '80 1'
ctrl arm ok
arms=$(<$CTRL/arms)
smbus_load
disk_up
same 'it holds a saved image that was not restored (CSAVE_INFO)' "$(<$REGION/read_only_reason)" 'reason with an image'
must_fail - write_at 0 4096
must nvmctl scan
same "$arms" "$(<$CTRL/arms)" 'commands to arm one with an image'
# restored by who can: armed, and the image erased
ctrl poke '66 1'
writable
same $((arms + 1)) "$(<$CTRL/arms)" 'commands to arm one that was restored'

# arming that takes half a minute does not keep the system awake
settle
must rmmod nvm_ddr3_smbus
for poke in '6a 0' '80 0' 'a2 8' '20 1e' '21 80'; do
	ctrl poke "$poke"
done
ctrl arm hangs
arms=$(<$CTRL/arms)
smbus_load
disk_up
ctrl poke 'a2 0'
wait_for '[ "$(<$CTRL/arms)" -gt "$arms" ]'
pm_test freezer 0
must to_sleep
for poke in '20 c8' '21 0'; do
	ctrl poke "$poke"
done
ctrl arm ok
# it may have looked before it was told so: then it waits for the end of a command
ctrl poke '61 0'
writable 60

# proves: a device that vanishes or is removed while its driver waits for it is given up at once, with a line; nothing is registered, nothing stays claimed, and it is found when it is back
# kernels: either
# vm: pci-lab
# shellcheck source=tests/vm/t/lib-pmr.sh
. /payload/t/lib-pmr.sh

# two minutes to get ready: a probe that waits is not ended by that
SLOW=0xf00880 NOT_READY=0x100

# begin: a probe that waits for the memory
begin()
{
	controller $SLOW $NOT_READY
	sysfs_write $DRIVER/bind "$lab" &
	probe=$!
	wait_for "[ \$(register $PMRCTL) = 0x1 ]" 30
	[ "$(claims)" -gt 0 ] || fail "it waits for what it has not claimed"
	same '' "$(regions)" 'regions while it waits'
}

ended()
{
	same '' "$(regions)" "regions: $1"
	wait_for no_claims 30
	[ ! -e "$DRIVER/$lab" ] || fail "$1: it is bound"
}

lab_up
# out of its slot: what is read from it is all ones
begin
must register $PMRSTS 0xffffffff
wait $probe && fail "it was bound though it has gone"
expect_log "nvm_pci $lab: does not answer"
ended 'vanished'

# the slot is told to let go, which waits for the probe
at_exit eval "[ -e $PCI/$lab ] || sysfs_write /sys/bus/pci/rescan 1"
begin
sysfs_write "$PCI/$lab/remove" 1 &
remove=$!
must register $PMRSTS 0xffffffff
must wait $remove
wait $probe && fail "it was bound though it was removed"
[ ! -e "$PCI/$lab" ] || fail "it is still there"
ended 'removed'

# ready just when it is removed: it may come, and goes
must sysfs_write /sys/bus/pci/rescan 1
settle
must sysfs_write "$PCI/$lab/enable" 1
begin
sysfs_write "$PCI/$lab/remove" 1 &
remove=$!
must register $PMRSTS 0
must wait $remove
wait $probe
settle
ended 'removed when ready'
[ ! -e "$PCI/$lab" ] || fail "it is still there"

# and it is as good as new: found by itself, as it is ready now
must sysfs_write /sys/bus/pci/rescan 1
settle
wait_for "[ -b $DISK ]" 30
must write_at 0 4096
settle
must sysfs_write $DRIVER/unbind "$lab"
wait_for no_claims 30
# the count of who enabled it began anew with it
must sysfs_write "$PCI/$lab/enable" 1

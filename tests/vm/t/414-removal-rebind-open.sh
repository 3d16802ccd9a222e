# proves: a region whose removed disk is still open cannot be claimed again (EBUSY), and can once it is closed
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

bind() { sysfs_write /sys/bus/nvm/drivers/nvm_pmem/bind nvm0; }

memmap_up 64M
must write_at 0 4096
settle
exec 4<"$DISK"
at_exit eval 'exec 4>&-'
must sysfs_write /sys/bus/nvm/drivers/nvm_pmem/unbind nvm0
must_fail EBUSY bind
must_fail EBUSY bind
same unclaimed "$(<$REGION/state)" "state"
grep -q 'still in use' $REGION/declined || fail "declined: $(<$REGION/declined)"
exec 4<&-
wait_for bind 30
disk_up
must read_at 0 4096

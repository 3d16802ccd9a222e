# proves: unbound while a disk is open the memory stays claimed until it is closed; bound again meanwhile, the rest is taken and a line says who has it
# vm: nfit
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

OURS=/sys/bus/acpi/drivers/nvm_nfit

nfit_up
r=$(by_uid nfit-8680-0100-57341200)
start=$(attr "$r" start)
exec 7<"/dev/$r"
must sysfs_write $OURS/unbind ACPI0012:00
same "" "$(regions)" "regions"
grep -q ' : nvm_nfit' /proc/iomem || fail "the claim has gone with the region"
must sysfs_write $OURS/bind ACPI0012:00
settle
same 2 "$(regions | wc -l)" "regions"
expect_log "range .* at $start, .* is not taken: overlaps $r of nvm_nfit"
exec 7<&-
must sysfs_write $OURS/unbind ACPI0012:00
! grep ' : nvm_nfit' /proc/iomem || fail "a claim is left"
must sysfs_write $OURS/bind ACPI0012:00
settle
same 3 "$(regions | wc -l)" "regions"

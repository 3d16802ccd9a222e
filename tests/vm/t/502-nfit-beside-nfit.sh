# proves: of nvm_nfit and the kernel's nfit the first one has the memory, the other gets none and ours says who has it; each can be chosen by bind and unbind
# vm: nfit
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

NFIT=/sys/bus/acpi/drivers/nfit OURS=/sys/bus/acpi/drivers/nvm_nfit
pmems() { find /sys/class/block/ -name 'pmem*' -exec readlink -f {} + | grep -c ACPI0012; }

# ours first
nfit_up
at_exit eval "[ ! -e $NFIT/ACPI0012:00 ] || sysfs_write $NFIT/unbind ACPI0012:00"
must modprobe nfit
settle
same nvm_nfit "$(basename "$(readlink -f $ROOT/driver)")" "driver"
same 3 "$(regions | wc -l)" "regions beside nfit"
same 0 "$(pmems)" "disks of nd_pmem"
# the other way
must rmmod nvm_nfit
must sysfs_write $NFIT/bind ACPI0012:00
# it has its own rules for labels and alignment, so not of all three
wait_for '[ "$(pmems)" -gt 0 ]' 30
must modprobe nvm_nfit
settle
expect_log 'nvm_nfit: the NVDIMMs belong to driver nfit, which has bound ACPI0012:00'
same 0 "$(regions | wc -l)" "regions while nfit has them"
[ "$(pmems)" -gt 0 ] || fail "nfit has lost the memory"
must_fail EBUSY sysfs_write $OURS/bind ACPI0012:00
# and back
must sysfs_write $NFIT/unbind ACPI0012:00
must sysfs_write $OURS/bind ACPI0012:00
settle
same 3 "$(regions | wc -l)" "regions after the change"
same 0 "$(pmems)" "disks of nd_pmem"

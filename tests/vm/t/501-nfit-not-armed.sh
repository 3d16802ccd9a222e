# proves: a DIMM that is not armed is a read-only region, which says which DIMM it is and why
# vm: nfit
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

nfit_up
r=$(by_uid nfit-8680-0100-58341200)
same 1 "$(attr "$r" read_only)" read_only
same "DIMM 0x3 (8680-0100-58341200) is not armed to save its contents" "$(attr "$r" read_only_reason)"
expect_log "$r .*read-only: DIMM 0x3"
same 1 "$(blockdev --getro "/dev/$r")" getro
must_fail - dd if=/dev/zero of="/dev/$r" bs=4096 count=1 oflag=direct status=none
must dd if="/dev/$r" of=/dev/null bs=1M status=none
for uid in nfit-8680-0100-56341200 nfit-8680-0100-57341200; do
	same 0 "$(attr "$(by_uid "$uid")" read_only)" "read_only of $uid"
done

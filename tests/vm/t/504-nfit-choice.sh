# proves: of what udev loads for ACPI0012, the modprobe.d file that is installed leaves it to nfit, and the example that takes its place to nvm_nfit
# vm: nfit
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

FILES=/payload/scripts/modprobe.d
driver() { basename "$(readlink -f $ROOT/driver)"; }
loaded() { find /sys/module -maxdepth 1 \( -name nfit -o -name nvm_nfit \) -printf '%f\n'; }
gone()
{
	[ ! -e $ROOT/driver ] || sysfs_write "$ROOT/driver/unbind" ACPI0012:00
	settle
	nvm_unload && modprobe -r -q nfit nd_pmem
	return 0
}

# coldplug: load what udev loads for the device, but for the word with which
# this machine keeps nfit from it
coldplug()
{
	must gone
	same '' "$(loaded)" "loaded before"
	must unshare --mount bash -c 'sed "s|modprobe.blacklist=[^ ]*||" /proc/cmdline >cmdline
		mount --bind cmdline /proc/cmdline && udevadm test-builtin "kmod load $(<"$1/modalias")" "$1"' - $ROOT
	settle
}

[ ! -e /usr/lib/modprobe.d/nvm-nfit.conf ] || fail "it is installed here"
at_exit gone
# without it there is no choice: both are loaded
coldplug
same "nfit nvm_nfit" "$(loaded | sort | xargs)" "loaded without a file"

must cp $FILES/nvm-nfit.conf /usr/lib/modprobe.d/
at_exit rm /usr/lib/modprobe.d/nvm-nfit.conf
coldplug
same nfit "$(loaded)" "loaded as installed"
same nfit "$(driver)" "driver as installed"

must cp $FILES/nvm-nfit.conf.example /etc/modprobe.d/nvm-nfit.conf
at_exit rm /etc/modprobe.d/nvm-nfit.conf
coldplug
same nvm_nfit "$(loaded)" "loaded with the example"
same nvm_nfit "$(driver)" "driver with the example"
same 3 "$(regions | wc -l)" regions

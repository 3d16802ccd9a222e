# shellcheck shell=bash
# For tests that plug and unplug ivshmem devices. Not a test itself: its name
# does not begin with a number.
# shellcheck source=tests/vm/hostlib.sh disable=SC1091,SC2154

# shellcheck disable=SC2034 # for the tests
PORT=(-device "pcie-root-port,id=rp,chassis=9,slot=9,pref64-reserve=512M")
# the port's own hot plug instead of ACPI's
# shellcheck disable=SC2034
NATIVE=(-global "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off")

# plug NAME MIB: an ivshmem that is the file NAME
plug()
{
	[ -e "$1" ] || truncate -s "$2M" "$1"
	must vm_qmp object-add "{\"qom-type\": \"memory-backend-file\", \"id\": \"m$1\",
		\"mem-path\": \"$PWD/$1\", \"size\": $(($2 << 20)), \"share\": true}" >/dev/null
	must vm_qmp device_add "{\"driver\": \"ivshmem-plain\", \"id\": \"$1\", \"bus\": \"rp\",
		\"memdev\": \"m$1\"}" >/dev/null
}

# unplug NAME: the guest is asked to let it go; until it is gone
unplug()
{
	local n

	must vm_qmp device_del "{\"id\": \"$1\"}" >/dev/null
	for ((n = 0; n < 300; n++)); do
		vm_qmp object-del "{\"id\": \"m$1\"}" >/dev/null 2>&1 && return
		sleep 0.2
	done
	fail "$1 is not unplugged"
}

# in_guest 'SCRIPT' [SECONDS]: with what the tests of nvm_pci have; each script
# is a shell of its own, in the same directory
in_guest() { must vm_run "mkdir -p /root/t; cd /root/t; . /payload/t/lib-pci.sh; $1" "${2:-120}"; }

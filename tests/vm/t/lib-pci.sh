#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_pci share, also those on the host. Not a test itself:
# its name does not begin with a number.
# shellcheck source=tests/vm/t/lib-pmem.sh disable=SC1091,SC2034
. /payload/t/lib-pmem.sh

PCI=/sys/bus/pci/devices
DRIVER=/sys/bus/pci/drivers/nvm_pci
IVSHMEM=0x1af4:0x1110

# pci_ids DEVICE: vendor:device
pci_ids() { echo "$(<"$PCI/$1/vendor"):$(<"$PCI/$1/device")"; }

# bar_size DEVICE BAR: bytes
bar_size()
{
	local start end

	read -r start end _ < <(sed -n "$(($2 + 1))p" "$PCI/$1/resource")
	echo $((end ? end - start + 1 : 0))
}

# bar_start DEVICE BAR: as in the attribute start of a region
bar_start()
{
	local start

	read -r start _ < <(sed -n "$(($2 + 1))p" "$PCI/$1/resource")
	printf '0x%x\n' "$start"
}

# find_pci VENDOR:DEVICE [BAR MIB]: the device, the first one if there are more
find_pci()
{
	local dev

	for dev in "$PCI"/*; do
		dev=${dev##*/}
		[ "$(pci_ids "$dev")" = "$1" ] || continue
		[ $# = 1 ] || [ "$(bar_size "$dev" "$2")" = $(($3 << 20)) ] || continue
		echo "$dev"
		return
	done
	fail "no device $*"
}

# driver_of DEVICE: its driver's name, or nothing
driver_of() { basename "$(readlink "$PCI/$1/driver")"; }

# bind_to DEVICE DRIVER: by driver_override; '' leaves it to the kernel again
bind_to()
{
	must sysfs_write "$PCI/$1/driver_override" "$2"$'\n'
	[ ! -e "$PCI/$1/driver" ] || must sysfs_write "$PCI/$1/driver/unbind" "$1"
	sysfs_write /sys/bus/pci/drivers_probe "$1"
}

# bring_back DEVICE: at the end of the test it is its own driver's again
bring_back() { at_exit bind_to "$1" ''; }

# claims: how many claims of ours there are
claims() { grep -c ' : nvm_pci$' /proc/iomem; }

no_claims() { [ "$(claims)" = 0 ]; }

# pci_up: nvm_pci has found the ivshmem in rp1, which is nvm0
pci_up()
{
	must nvm_unload
	at_exit nvm_unload
	must modprobe nvm_pmem
	must modprobe nvm_pci
	settle
	wait_for "[ -b $DISK ]" 30
	settle
}

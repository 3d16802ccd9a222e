#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_nfit share. Not a test itself: its name does not begin
# with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

ROOT=/sys/bus/acpi/devices/ACPI0012:00
NVM=/sys/bus/nvm/devices

# nfit_up: our driver has the firmware's memory, and nvm_pmem that
nfit_up()
{
	at_exit nvm_unload
	must nvm_unload
	must modprobe nvm_pmem
	must modprobe nvm_nfit
	settle
}

# attr REGION NAME
attr() { cat "$NVM/$1/$2"; }

# no_autoload: udev loads no ULD until the end of the test
no_autoload()
{
	echo 'blacklist nvm_pmem' >/etc/modprobe.d/nvm-test.conf
	at_exit udevadm control --reload
	at_exit rm /etc/modprobe.d/nvm-test.conf
	must udevadm control --reload
}

# by_uid UID: the region
by_uid()
{
	local d

	for d in "$NVM"/*; do
		[ -e "$d/uid" ] && [ "$(<"$d/uid")" = "$1" ] && basename "$d"
	done
}

# The machine nfit-lab: the firmware's table is what a test says.

BOX=$(grep -o 'nfit\.box=[^ ]*' /proc/cmdline | cut -d= -f2)

# at MIB: an address in the reserved range
at() { printf '0x%x' $((NVM_SS + ($1 << 20))); }

# box [OPTION...] WORD...: what _FIT gives from now on, see data/nfit.py
box() { python3 /payload/data/nfit.py --box "$BOX" "$@"; }

seen() { python3 /payload/data/nfit.py --seen "$BOX"; }

# tell NUMBER [OPTION...] WORD...: the same, and the firmware tells of it;
# returns when our driver is reading it
tell()
{
	local before

	before=$(seen)
	box --event "$@" || return
	cat /sys/bus/acpi/devices/NVMT0001:00/status >/dev/null
	wait_for "[ \$(seen) -gt $before ]" 10
}

# event NUMBER [OPTION...] WORD...: the same; returns when our driver has dealt
# with it, for only then it reads again
event()
{
	tell "$@" && tell "$@" && settle
}

bind_lab() { sysfs_write /sys/bus/acpi/drivers/nvm_nfit/bind ACPI0012:00; }
unbind_lab() { sysfs_write /sys/bus/acpi/drivers/nvm_nfit/unbind ACPI0012:00; }

# lab_up: our modules are loaded, and bound to nothing yet
lab_up()
{
	at_exit nvm_unload
	at_exit box
	must nvm_unload
	must box
	must modprobe nvm_pmem
	must modprobe nvm_nfit
	must unbind_lab
}

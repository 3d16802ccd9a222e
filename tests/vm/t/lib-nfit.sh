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

# by_uid UID: the region
by_uid()
{
	local d

	for d in "$NVM"/*; do
		[ -e "$d/uid" ] && [ "$(<"$d/uid")" = "$1" ] && basename "$d"
	done
}

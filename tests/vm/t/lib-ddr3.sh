#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_ddr3_e820 share. Not a test itself: its name does not
# begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

PLATFORM=/sys/bus/platform
DEV=$PLATFORM/devices/e820_pmem

# e820_free: nobody has the device, as if nd_e820 were not there; the machine
# gets it back as it was
e820_free()
{
	local had=

	udevadm settle
	if [ -e $DEV/driver ]; then
		had=$(basename "$(readlink $DEV/driver)")
		must sysfs_write $DEV/driver/unbind e820_pmem
	fi
	at_exit e820_back "$had"
}

e820_back()
{
	sysfs_write $DEV/driver_override $'\n'
	[ -z "$1" ] || sysfs_write $PLATFORM/drivers_probe e820_pmem
}

# e820_take [PARAMETER...]: nvm_ddr3_e820 is loaded, and gets it
# shellcheck disable=SC2120 # also without any
e820_take()
{
	must sysfs_write $DEV/driver_override nvm_ddr3_e820
	must modprobe nvm_ddr3_e820 "$@"
	settle
	[ "$(basename "$(readlink $DEV/driver)")" = nvm_ddr3_e820 ] || fail "e820_pmem is not nvm_ddr3_e820's"
}

claims() { grep -c ' : nvm_ddr3_e820$' /proc/iomem; }

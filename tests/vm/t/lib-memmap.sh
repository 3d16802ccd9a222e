#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_memmap and of claiming share. Not a test itself: its
# name does not begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2016,SC2034

P=/sys/module/nvm_memmap/parameters
BUS=/sys/bus/nvm
FAKE=/sys/module/nvm_fake/parameters/cmd

# at MIB: an address in the reserved range
at() { printf '0x%x' $((NVM_SS + ($1 << 20))); }

# attr REGION NAME: an attribute of a region
attr() { cat "$BUS/devices/$1/$2"; }

# settle: as in lib.sh, and the claims by a ULD that udev has only just loaded
settle()
{
	local round

	for round in 1 2; do
		must sysfs_write "$BUS/flush" 1
		udev_settle || fail "udev does not settle ($round)"
	done
}

# no_autoload: udev loads no ULD until the end of the test
no_autoload()
{
	echo "blacklist nvm_pmem"$'\n'"blacklist nvm_wcache" >/etc/modprobe.d/nvm-test.conf
	at_exit udev_reload
	at_exit rm /etc/modprobe.d/nvm-test.conf
	udev_reload
}

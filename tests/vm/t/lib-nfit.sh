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
	at_exit udev_reload
	at_exit rm /etc/modprobe.d/nvm-test.conf
	udev_reload
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

# One for all a test asks of it: to start it takes longer than most that it does.
if [ -n "$BOX" ]; then
	coproc NFIT_PY { exec python3 /payload/data/nfit.py --serve; }
	exec {NFIT_IN}>&"${NFIT_PY[1]}" {NFIT_OUT}<&"${NFIT_PY[0]}"
fi

# nfit WORD...: data/nfit.py; not at the same time as another
nfit()
{
	local line

	echo "$*" >&"$NFIT_IN" || return
	while IFS= read -r line <&"$NFIT_OUT"; do
		[[ $line != "= "* ]] || return "${line#= }"
		echo "$line"
	done
	return 1
}

# box [OPTION...] WORD...: what _FIT gives from now on, see data/nfit.py
box() { nfit --box "$BOX" "$@"; }

seen() { nfit --seen "$BOX"; }

# put OFFSET HEX: bytes of the box; get OFFSET: the number there, of four bytes.
# nfit-lab.asl says what they mean.
put() { must nfit --write "$(printf '0x%x' $((BOX + $1))):$2"; }
get() { echo $(($(nfit --peek "$(printf '0x%x' $((BOX + $1)))") & 0xffffffff)); }

# le BYTES NUMBER: as hex, the lowest byte first
le()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%02x' $((($2 >> 8 * i) & 255))
	done
}

# no_functions: no device has functions
no_functions() { put 0x100 "$(printf '%0512x' 0)" && put 0x200 "$(printf '%0512x' 0)"; }

# scrubs UNIT: the root can look for errors and clear them, in units of so many
# bytes, and nothing is bad
scrubs()
{
	put 0x140 "$(le 4 0x20000)$(le 4 4096)$(le 8 "$1")"
	put 0x150 "$(le 12 0)"
	put 0x160 "$(le 8 0)$(le 8 0x100000000)"
	found 0x130 0x2400 0
	found 0x138 0x2800 0
	put 0x100 1f
}

# earlier, now [START SIZE]...: errors that were found earlier, or that a look
# will find
earlier() { found 0x130 0x2400 0 "$@"; }
now() { found 0x138 0x2800 0 "$@"; }

# found LENGTH BYTES STATE [START SIZE]...: the answer about a scrub
found()
{
	local length=$1 bytes=$2 state=$3 records='' nr=0

	shift 3
	while [ $# -gt 0 ]; do
		records+=$(le 8 1)$(le 8 "$1")$(le 8 "$2")
		nr=$((nr + 1))
		shift 2
	done
	put "$bytes" "$(le 4 $((state << 16)))$(le 4 $((48 + nr * 24)))$(le 8 "$NVM_SS")$(le 8 0x40000000)$(
		le 8 "${RESTART:-0}")$(le 8 0)$(le 4 2)$(le 4 $nr)$records"
	put "$length" "$(le 4 $((48 + nr * 24)))"
}

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
	at_exit no_functions
	must nvm_unload
	must box
	must no_functions
	must modprobe nvm_pmem
	must modprobe nvm_nfit
	must unbind_lab
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of emulated type 2 share. Not a test itself: its name does not
# begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

DISK=/dev/nvm0
KNOBS=$BUS/devices/nvm0/emulation
# of the knob bad_at
NOWHERE=18446744073709551615

# emul_up SIZE[:OPTION...]: an emulated region nvm0 of type 2 with the disk of nvm_raw
emul_up()
{
	at_exit nvm_unload
	no_autoload
	must modprobe nvm_raw
	emul_add "$1"
}

# bound_again ULD: after an unbind, when udev looks no more at the former disk
bound_again()
{
	wait_for "sysfs_write $BUS/drivers/$1/bind nvm0" 20
	wait_for "[ -b $DISK ]" 30
	settle
}

emul_add()
{
	must modprobe nvm_memmap
	must sysfs_write "$P/add" "${1%%:*}@$NVM_SS:type=2${1#"${1%%:*}"}"
	settle
	wait_for "[ -b $DISK ]" 30
	settle
}

knob() { cat "$KNOBS/$1"; }

# turn KNOB VALUE
turn() { sysfs_write "$KNOBS/$1" "$2"; }

# put_block BLOCK BYTE [BLOCKS]: direct writes of 4K, all in one
put_block()
{
	head -c $((4096 * ${3:-1})) /dev/zero | tr '\0' "$2" |
		dd of=$DISK bs=$((4096 * ${3:-1})) seek=$(($1 * 4096)) oflag=direct,seek_bytes iflag=fullblock \
			conv=notrunc,nocreat status=none
}

# is_block BLOCK BYTE [BLOCKS]: each byte there is BYTE
is_block()
{
	[ "$(dd if=$DISK bs=4096 skip="$1" count="${3:-1}" iflag=direct status=none | tr -cd "$2" | wc -c)" = \
		$((4096 * ${3:-1})) ]
}

# takes MS COMMAND...: so many milliseconds; that it takes more says nothing
takes()
{
	local begin least=$1 ms

	shift
	begin=$(date +%s%3N)
	must "$@"
	ms=$(($(date +%s%3N) - begin))
	diag "$*: $ms ms"
	[ "$ms" -ge "$least" ] || fail "$*: $ms ms, less than $least"
}

# ends_badly PID: of the background
ends_badly() { ! wait "$1" || fail "it succeeded"; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe of an LLD's device in which one allocation fails. Not a test itself:
# its name does not begin with a number.
# shellcheck source=tests/vm/t/lib-faults.sh disable=SC1091,SC2034
. /payload/t/lib-faults.sh

# lld_walk DRIVER-DIRECTORY DEVICE REGIONS LOG: DEVICE, which DRIVER does not
# have, is bound to it and unbound, and has REGIONS then. A region that an
# allocation has cost counts as a failure: it is told, and its neighbours stay.
lld_walk()
{
	LLD=$1 LLD_DEV=$2 LLD_REGIONS=$3
	LLD_NAME=$(basename "$LLD")
	walk "bind $LLD_DEV to $LLD_NAME" lld_bind lld_unbind "ENOMEM ENODEV incomplete" "$4"
	lld_again
	walk "unbind $LLD_DEV from $LLD_NAME" lld_remove lld_again ""
	lld_unbind
	[ "$TOLD" -gt 0 ] || fail "no failure was told"
}

lld_bind()
{
	local result left

	read -r result left < <(fail-nth "$1" write "$LLD/bind" "$LLD_DEV")
	if [ "$result" = ok ] && [ "$(regions | wc -l)" != "$LLD_REGIONS" ]; then
		result=incomplete
		lld_unbind
	fi
	echo "$result $left"
}

lld_unbind() { same "ok 0" "$(fail-nth 0 write "$LLD/unbind" "$LLD_DEV")" "unbind"; rested; }
lld_remove() { fail-nth "$1" write "$LLD/unbind" "$LLD_DEV"; }
lld_again() { same "ok 0" "$(fail-nth 0 write "$LLD/bind" "$LLD_DEV")" "bind again"; rested; }

# rested: no walk of the ULDs holds a region any more
rested() { must sysfs_write "$BUS/flush" 1; }

# acpi_is_spared: what ACPI's interpreter allocates does not count. It does not
# get over it when that fails: it leaks, and uses what it has freed. There is but
# one range of code to leave out, which kmemleak has: its slabs go by their name.
acpi_is_spared()
{
	local cache acpi FAULTS=("$DEBUG/failslab")

	for cache in /sys/kernel/slab/*; do
		[[ $cache = */kmemleak_* ]] || echo 1 >"$cache/failslab"
	done 2>/dev/null
	acpi=$(text_of '^acpi_(ds|ev|ex|ns|ps|rs|ut)_') || exit
	fault_knob reject-start "${acpi% *}"
	fault_knob reject-end "${acpi#* }"
	at_exit sysfs_write "$DEBUG/failslab/cache-filter" N
	must sysfs_write "$DEBUG/failslab/cache-filter" Y
}

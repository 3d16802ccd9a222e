#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything against everything, see bin/race.c. Not a test itself: its name does
# not begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091

# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# unmount_all: what a disk that went has left mounted
unmount_all()
{
	local dir

	for dir in /mnt/race*; do
		! mountpoint -q "$dir" || umount "$dir"
	done
	return 0
}

# race_for SECONDS THREADS [OPERATION...]
race_for()
{
	local rc

	race "$1" "$NVM_SEED" "$2" "$(at 0)" "$NVM_SCALE" image "${@:3}" >out
	rc=$?
	sed 's/^/# /' out
	[ "$rc" = 0 ] || fail "race: exit code $rc: $(grep never out)"
}

# race_all THREADS: for a while, then all comes to rest and goes
race_all()
{
	local seconds=15 before

	[ -z "${NVM_LONG:-}" ] || seconds=600
	NVM_SEED=${NVM_SEED:-$RANDOM}
	diag "NVM_SEED=$NVM_SEED"
	# what a file system says whose disk goes, and of poison
	allow_log 'EXT4-fs (error|warning)'
	at_exit nvm_unload
	at_exit unmount_all
	udevd_stop
	must modprobe nvm_core
	# what nvm_wcache needs; who loads that finds no other modules
	must modprobe nvm_cache
	truncate -s 2M image
	must mkfs.ext4 -q -F -b 4096 -N 16 -O ^has_journal image
	before=$(</proc/iomem)
	race_for "$seconds" "$1"
	unmount_all
	# the bus itself goes in a moment in which nobody holds anything
	race_for $((seconds / 3)) "$1" load unload unload_core add attributes parameters probe
	[ ! -w "$BUS/flush" ] || must sysfs_write "$BUS/flush" 1
	[ ! -e "$P/map" ] || must sysfs_write "$P/map" $'\n'
	must nvm_unload
	same "" "$(regions)" "regions"
	same "$before" "$(</proc/iomem)" "/proc/iomem"
}

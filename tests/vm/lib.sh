#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a test in the guest may use. It is loaded before the test.

# shellcheck source=scripts/common.sh
. /payload/scripts/common.sh

NVM_STATE=/run/nvm-test
NVM_AT_EXIT=()
: "${NVM_SCALE:=1}"

diag() { printf '# %s\n' "$*"; }

ok() { printf 'ok %s\n' "$*"; }

# fail WHY: end the test. From a subshell too the test counts as failed.
fail()
{
	mkdir -p "$NVM_STATE"
	touch "$NVM_STATE/failed"
	printf '%s\n' "$*" >"$NVM_STATE/why"
	printf 'not ok %s (line %s)\n' "$*" "${BASH_LINENO[*]}"
	exit 1
}

# skip WHY: the test cannot be run here
skip()
{
	printf '%s\n' "$*" >"$NVM_STATE/why"
	exit 77
}

# at_exit CMD...: run CMD at the end, however the test ends; last first
at_exit() { NVM_AT_EXIT=("$(printf '%q ' "$@")" "${NVM_AT_EXIT[@]}"); }

run_at_exit()
{
	local rc=$? cmd

	for cmd in "${NVM_AT_EXIT[@]}"; do
		eval "$cmd" || diag "at_exit: $cmd: exit code $?"
	done
	exit "$rc"
}

# must CMD...: CMD has to succeed
must()
{
	"$@" || fail "exit code $?: $*"
}

# must_fail ERRNO CMD...: CMD has to fail and to name the error, as EINVAL or
# as "Invalid argument"; with - any failure will do
must_fail()
{
	local want=$1 out

	shift
	out=$("$@" 2>&1) && fail "succeeded, should fail with $want: $*"
	[ "$want" = - ] && return
	case $out in
	*"$want"*) ;;
	*"$(errno-text "$want")"*) ;;
	*) fail "should fail with $want: $*: $out" ;;
	esac
}

# sysfs_write FILE VALUE: one write(2); prints the name of the error
sysfs_write() { write-once "$1" "$2"; }

# same WANT HAVE [WHAT]
same()
{
	[ "$1" = "$2" ] || fail "${3:+$3: }expected '$1', got '$2'"
}

# wait_for 'CMD' SECONDS: until CMD succeeds; longer on a slow kernel
wait_for()
{
	local end=$((SECONDS + ${2:-10} * NVM_SCALE))

	until eval "$1" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || fail "waited ${2:-10} s in vain for: $1"
		sleep 0.05
	done
}

# udev_settle: a daemon that is just reading its rules again may hang up
udev_settle()
{
	udevadm settle --timeout=$((90 * NVM_SCALE)) && return
	sleep 1
	udevadm settle --timeout=$((90 * NVM_SCALE))
}

# settle: all discovery, binding and udev work is over: udev has loaded the
# ULDs, they have claimed, udev has made the nodes of their disks
settle()
{
	local before after

	bus_flush
	read -r before </sys/kernel/uevent_seqnum
	udev_settle || fail "udev does not settle"
	bus_flush
	read -r after </sys/kernel/uevent_seqnum
	[ "$before" = "$after" ] || udev_settle || fail "udev does not settle"
}

# A process costs more here than what it does: these are the shell's own.
bus_flush()
{
	[ ! -w /sys/bus/nvm/flush ] || echo 1 >/sys/bus/nvm/flush || fail "cannot flush the nvm bus"
}

# regions: the names of all regions
regions()
{
	local d

	for d in /sys/bus/nvm/devices/*; do
		[ -e "$d" ] && echo "${d##*/}"
	done
	return 0
}

# nvm_unload: remove all our modules that are loaded
nvm_unload()
{
	local m left end=$((SECONDS + 20 * NVM_SCALE))

	while :; do
		left=
		while read -r m; do
			[ -e "/sys/module/$m/refcnt" ] || continue
			rmmod "$m" 2>/dev/null || left+=" $m"
		done </payload/modules.list
		[ -n "$left" ] || return 0
		# a probe or an udev helper may still hold one
		[ "$SECONDS" -lt "$end" ] || break
		sleep 0.2
	done
	diag "modules still in use:$left"
	return 1
}

# udev_reload: udev reads its rules again. A message that comes in between the two
# calls by which it takes a connection is lost, and the client hears nothing of it
udev_reload()
{
	local done=

	for _ in 1 2 3; do
		if udevadm control --reload; then done=y; else sleep 1; fi
	done
	[ -n "$done" ] || fail "udev does not read its rules again"
}

# udevd_stop: until the test ends nobody opens a disk that appears, and events
# are lost, not kept for later
udevd_stop()
{
	at_exit udevd_start
	wait_for 'udevadm control --exit --timeout=5; ! pgrep -x systemd-udevd' 30
}

# it must outlive the test, hence another cgroup
udevd_start()
{
	bash -c 'echo $$ >/sys/fs/cgroup/cgroup.procs; exec /lib/systemd/systemd-udevd --daemon'
}

# memory NAME...: KiB of these in meminfo; MemFree with what the processors keep
# at hand, "count: PAGES" in zoneinfo, several MiB
memory()
{
	local IFS='|'

	awk -v want="^($*):" '
		FILENAME ~ /meminfo/ && $1 ~ want { sum += $2 }
		FILENAME ~ /zoneinfo/ && $1 == "count:" && "MemFree:" ~ want { sum += $2 * 4 }
		END { print sum }' /proc/meminfo /proc/zoneinfo
}

# footprint: what must be as before when nothing is left: claims on addresses,
# KiB the kernel has allocated in small pieces, KiB it has not as pages
footprint()
{
	sync
	# RCU and work queues let go of what was freed
	sleep 1
	sysfs_write /proc/sys/vm/drop_caches 3
	sysfs_write /proc/sys/vm/stat_refresh 1
	cat /proc/iomem
	memory SUnreclaim Percpu
	memory MemFree Cached Buffers AnonPages SReclaimable
}

# no_leak BEFORE AFTER: two footprints agree. Caches of the kernel's vary by
# some 100 KiB; a page lost in each of many rounds, or the struct pages of one
# region, are more. Where kmemleak looks for what is lost of slab, KASAN keeps what was
# freed, and each of them has its own of whatever there is.
no_leak()
{
	local had has slab pages

	same "$(head -n -2 "$1")" "$(head -n -2 "$2")" "/proc/iomem"
	mapfile -t had < <(tail -n 2 "$1")
	mapfile -t has < <(tail -n 2 "$2")
	slab=$((has[0] - had[0]))
	pages=$((had[1] - has[1]))
	diag "slab and per-cpu memory: $slab KiB more; pages: $pages KiB less"
	[ "$slab" -lt 512 ] || [ -e /sys/kernel/debug/kmemleak ] || fail "$slab KiB of slab and per-cpu memory were lost"
	[ "$pages" -lt 2048 ] || fail "$pages KiB of pages were lost"
}

# pm_test MODE SECONDS: what comes to rest when the state is written, "devices" or
# "freezer", wakes up so much later; until the test ends
pm_test()
{
	at_exit sysfs_write /sys/power/pm_test none
	at_exit sysfs_write /sys/module/suspend/parameters/pm_test_delay 5
	must sysfs_write /sys/power/pm_test "$1"
	must sysfs_write /sys/module/suspend/parameters/pm_test_delay "$2"
}

# to_sleep: as far as pm_test has said, and back
to_sleep() { sysfs_write /sys/power/state freeze; }

# dmesg_since: the kernel log since the test began, where the agent cleared it
dmesg_since() { dmesg --notime 2>/dev/null; }

# log_lines REGEX: how often the kernel has said it since the test began
log_lines() { dmesg_since | grep -c "$1"; }

# expect_log REGEX: the kernel has said it since the test began
expect_log()
{
	wait_for "dmesg_since | grep -qE -- $(printf %q "$1")" 30
}

# forbid_log REGEX
forbid_log()
{
	local line

	line=$(dmesg_since | grep -m1 -E -- "$1") && fail "in the kernel log: $line"
	return 0
}

# allow_log REGEX: this message is no fault although it looks like one
# (a Python regular expression, searched in each line)
allow_log()
{
	mkdir -p "$NVM_STATE"
	printf '%s\n' "$1" >>"$NVM_STATE/allow"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The main job, told step by step: regions are found and claimed, a file
# system lives on one, grows while it is mounted, what is wrong is refused,
# what is free is removed. Runs in the guest ("make demo") as root. Exits 0
# only if each step did what it should.

set -uo pipefail

params=/sys/module/nvm_memmap/parameters
mnt=/mnt
start=${NVM_SS:?is set in the test VM}
other=$(printf '0x%x' $((start + (768 << 20))))
table=() rows=0
format='%-2s %-24s %-58s %s'

say() { printf '%s\n' "$@"; }

# title TEXT: a new step
title()
{
	step=$1 step_ok=y
	say '' "--- $((${#table[@]} + 1)). $1 ---"
}

# run CMD...: show it, do it, show what it says
run()
{
	local shown=$*

	[ -n "${!#}" ] || shown+="''"
	printf '\n  $ %s\n' "$shown"
	"$@" 2>&1 | sed "/^$/d; s/^/  /"
	[ "${PIPESTATUS[0]}" = 0 ] || { say "  exit code ${PIPESTATUS[0]}, should be 0"; step_ok=; }
}

# want WHAT EXPECTED FOUND
want()
{
	rows=$((rows + 1))
	if [ "$2" = "$3" ]; then
		printf '  ok     %s: %s\n' "$1" "$3"
	else
		printf '  WRONG  %s: %s, should be %s\n' "$1" "$3" "$2"
		step_ok=
	fi
}

# done_with WHAT-WAS-DONE: a row of the summary; the end if the step went wrong,
# for the next one stands on it
done_with()
{
	local result=ok

	[ -n "$step_ok" ] || result=WRONG
	# shellcheck disable=SC2059 # one format for all rows
	table+=("$(printf "$format" $((${#table[@]} + 1)) "$step" "$1" "$result")")
	[ -n "$step_ok" ] || { summary; exit 1; }
}

attr() { cat "/sys/bus/nvm/devices/$1/$2" 2>/dev/null; }

# the size of the file system in MiB, as df shows it
df_mib() { df -BM --output=size "$mnt" | tail -n 1 | tr -dc 0-9; }

sum() { sha256sum <"$1" | cut -c1-16; }

# refused ERRNO WHY-IT-IS-WRONG PARAMETER LIST
refused()
{
	local out got

	out=$(write-once "$params/$3" "$4" 2>&1)
	got=$(grep -oE '\bE[A-Z0-9]+\b' <<<"$out" | head -n 1)
	printf '\n  %-32s %s=%s\n' "$2" "$3" "$4"
	fold -s -w 90 "$params/last_error" | sed 's/^/    /; s/ *$//'
	want "refused with" "$1" "${got:-no error}"
}

found()
{
	title "found and claimed"
	say "nvm_memmap lets RAM stand in for non-volatile memory. The command line of this" \
		"kernel keeps 1 GiB of RAM out of use for it:"
	say '' "    $(grep -o 'memmap=[^ ]*' /proc/cmdline)"
	say '' "Each nn@ss (size at start) becomes a region on the bus nvm. Nobody names a driver:" \
		"udev loads nvm_pmem for regions of type 1, and it claims them."
	run modprobe nvm_memmap
	run nvmctl add "256M@$start" "128M@$other"
	run nvmctl list
	say ''
	want "nvm0 is claimed by" nvm_pmem "$(attr nvm0 uld)"
	want "nvm1 is claimed by" nvm_pmem "$(attr nvm1 uld)"
	done_with "two regions added, nvm_pmem loaded by udev"
}

used()
{
	title "used"
	say "A file system on the disk of the first region, with DAX: files are the memory" \
		"itself, without a copy in the page cache."
	run mkfs.ext4 -q -b 4096 /dev/nvm0
	run mount -o dax=always /dev/nvm0 "$mnt"
	head -c 32M /dev/urandom >"$mnt/data"
	sync
	before=$(sum "$mnt/data")
	run ls -sh "$mnt/data"
	run nvmctl list nvm0
	say ''
	want "mounted with" dax=always "$(grep -o 'dax=always' <<<"$(findmnt -no OPTIONS "$mnt")")"
	want "users of nvm0" 1 "$(attr nvm0 users)"
	done_with "ext4 mounted with dax=always, 32 MiB written"
}

expanded()
{
	local old new

	title "expanded while mounted"
	say "The region grows in place, then the file system. Nothing is unmounted."
	old=$(df_mib)
	run df -h "$mnt"
	run nvmctl expand nvm0 512M
	run resize2fs /dev/nvm0
	run df -h "$mnt"
	new=$(df_mib)
	say ''
	want "bytes of the disk" $((512 << 20)) "$(blockdev --getsize64 /dev/nvm0)"
	want "file system of $old MiB is larger now" yes "$([ "$new" -gt $((old + 200)) ] && echo yes || echo "no, $new MiB")"
	want "checksum of the file" "$before" "$(sum "$mnt/data")"
	done_with "256M to 512M, df $old to $new MiB, file unchanged"
}

refusals()
{
	local map

	title "refused when wrong"
	say "Each refusal has an errno, a line in the kernel log, and the same line in" \
		"$params/last_error:"
	map=$(<"$params/map")
	refused EINVAL "smaller than it is" add "256M@$start"
	refused EEXIST "overlaps another region" add "64M@$(printf '0x%x' $((start + (128 << 20))))"
	refused EBUSY "in use: mounted" remove "512M@$start"
	refused EBUSY "RAM of the kernel" add "64M@0x100000000"
	refused EINVAL "not a multiple of 2 MiB" add "1M@$(printf '0x%x' $((start + (600 << 20))))"
	refused ENOENT "nothing there to remove" remove "64M@$(printf '0x%x' $((start + (600 << 20))))"
	say '' "  A list is done as a whole or not at all. The first two elements are good, the" \
		"  third is RAM of the kernel:"
	refused EBUSY "one bad element of three" map "512M@$start,256M@$other,64M@0x100000000"
	say '' "  After all this nothing has changed:"
	run nvmctl list
	say ''
	want "map" "$map" "$(<"$params/map")"
	want "checksum of the file" "$before" "$(sum "$mnt/data")"
	done_with "7 wrong requests, each with errno and last_error"
}

cached()
{
	local disk cache runs

	title "slow, and cached"
	say "Memory of type 2 is mapped for reading and written by commands. Here each takes a" \
		"millisecond, eight at a time. nvm_wcache claims it: writes go to a cache, and a flush" \
		"has them on the medium."
	run nvmctl add "128M@$(printf '0x%x' $((start + (512 << 20)))):type=2:write_ns=1000000:uid=slow"
	disk=/dev/$(basename "$(readlink -f /dev/disk/by-id/nvm-slow)")
	run nvmctl list
	cache=/sys/bus/nvm/devices/${disk#/dev/}/cache
	run dd if=/dev/urandom of="$disk" bs=4k count=4096 oflag=direct status=none
	say '' "  Not on the medium yet: $(<"$cache/dirty") bytes. Now a flush:"
	run sync "$disk"
	runs=$(<"$cache/runs")
	say ''
	want "claimed by" nvm_wcache "$(attr "${disk#/dev/}" uld)"
	want "writes to the cache" 4096 "$(<"$cache/writes")"
	want "not on the medium after the flush" 0 "$(<"$cache/dirty")"
	want "fewer commands than writes" yes "$([ "$runs" -lt 1024 ] && echo yes || echo "no, $runs")"
	run nvmctl remove slow
	done_with "4096 writes of 4 KiB at memory's speed, then $runs commands"
}

removed()
{
	title "removed when free"
	say "Unmounted, the region can go. The contents stay in the memory: the same range" \
		"added again shows the same file. At the end an empty map= removes all."
	run umount "$mnt"
	run nvmctl remove nvm0
	run nvmctl list
	say ''
	want "claims left in /proc/iomem" 1 "$(grep -c nvm_memmap /proc/iomem)"
	run nvmctl add "512M@$start"
	run mount -o dax=always "/dev/disk/by-id/nvm-memmap-${start#0x}" "$mnt"
	say ''
	want "checksum of the file" "$before" "$(sum "$mnt/data")"
	run umount "$mnt"
	run nvmctl map ''
	say ''
	want "regions left" 0 "$(find /sys/bus/nvm/devices -mindepth 1 | wc -l)"
	run rmmod nvm_memmap nvm_pmem nvm_wcache nvm_cache nvm_core
	done_with "removed, added again with its file, then all removed"
}

summary()
{
	say '' "--- summary ---" ''
	# shellcheck disable=SC2059 # one format for all rows
	printf "$format\n" '#' step 'what was done' result
	printf '%s\n' "${table[@]}"
	say ''
	if [ -n "$step_ok" ]; then
		say "All ${#table[@]} steps ($rows checks) went as they should, in $SECONDS s on Linux $(uname -r)."
	else
		say "The last step went wrong: look for WRONG or \"exit code\" above. The rest was not tried."
	fi
}

found
used
expanded
refusals
cached
removed
summary

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_pmem and of forced removal share. Not a test itself:
# its name does not begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

REGION=/sys/bus/nvm/devices/nvm0
DISK=/dev/nvm0
QUEUE=/sys/block/nvm0/queue
FAKE=/sys/module/nvm_fake/parameters
MEMMAP=/sys/module/nvm_memmap/parameters
MIB=$((1 << 20))
# Of another ULD these are others: who claims the region, the options of its
# element, those of a mount.
ULD=nvm_pmem
OPTIONS=
MOUNT=dax=always

# memmap_up SIZE[:OPTION...]: an emulated region nvm0 with its disk
memmap_up()
{
	at_exit nvm_unload
	must modprobe nvm_memmap "map=${1%%:*}@$NVM_SS${1#"${1%%:*}"}"
	must modprobe "$ULD"
	disk_up
}

# fake WORD...: tell nvm_fake
fake() { sysfs_write "$FAKE/cmd" "$*"; }

# fake_up SIZE [PDOMAIN]: region nvm0, uid "a", of nvm_fake, with its disk
fake_up()
{
	at_exit nvm_unload
	must modprobe nvm_fake
	must modprobe nvm_pmem
	fake_add "$@"
}

fake_add()
{
	must fake add a "$(numfmt --from=iec "$1")" "$NVM_SS" "${2:-0}"
	disk_up
}

disk_up()
{
	# a test that writes to a disk that is gone makes a file of that name
	[ ! -f "$DISK" ] || must rm "$DISK"
	settle
	wait_for "[ -b $DISK ]" 30
	# the probe for file systems and partitions is an open like any other
	settle
}

# read_at, write_at OFFSET BYTES [FILE]: one direct read or write
read_at() { dd if="${3:-$DISK}" of=/dev/null bs="$2" count=1 skip="$1" iflag=direct,skip_bytes status=none; }

write_at() { dd if=/dev/zero of="${3:-$DISK}" bs="$2" count=1 seek="$1" oflag=direct,seek_bytes conv=notrunc,nocreat status=none; }

# put_fs FS DIR [MKFS OPTION...]: make a file system on the disk, mount it
put_fs()
{
	local fs=$1 dir=$2

	shift 2
	case $fs in
	ext4) must mkfs.ext4 -q -F -b 4096 "$@" "$DISK" ;;
	xfs) must mkfs.xfs -q -f -m reflink=0 "$@" "$DISK" ;;
	esac
	must mkdir -p "$dir"
	must mount_fs "$dir"
}

# mount_fs DIR: for DAX, unless MOUNT says otherwise
mount_fs()
{
	mount -o "$MOUNT" "$DISK" "$1" || return
	at_exit eval "! mountpoint -q $1 || umount $1"
}

# fio_run NAME OPTION...: in the foreground; its words only if it fails
fio_run()
{
	local name=$1 create=1

	shift
	# a disk that is gone must not become a file
	[[ $* != *--filename=/dev/* ]] || create=0
	fio --name="$name" --output="$name.fio" --allow_file_create="$create" "$@" && return
	sed 's/^/# fio: /' "$name.fio"
	return 1
}

# grow_mounted FS GROW CHECK FROM TO...: FS on a region that grows from FROM
# through each of TO MiB while mounted, under I/O that verifies itself; GROW
# enlarges the file system, CHECK examines it unmounted
grow_mounted()
{
	local fs=$1 grow=$2 check=$3 from=$4 mib sum fio have now room

	shift 4
	memmap_up "${from}M$OPTIONS"
	put_fs "$fs" /mnt/a
	must dd if=/dev/urandom of=/mnt/a/old bs=1M count=4 status=none
	sum=$(sha256sum </mnt/a/old)
	fio_run verify --directory=/mnt/a --rw=randwrite --bs=4k --size=8M --ioengine=psync \
		--direct=1 --verify=crc32c --verify_backlog=64 --do_verify=1 --verify_fatal=1 \
		--time_based --runtime=600 --trigger-file=stop &
	fio=$!
	wait_for '[ -s /mnt/a/verify.0.0 ]' 60
	have=$(stat -f -c %b /mnt/a)
	for mib; do
		must sysfs_write "$MEMMAP/add" "${mib}M@$NVM_SS$OPTIONS"
		same $((mib * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
		same $((mib * MIB)) "$(<$REGION/size)" "size of the region"
		must "$grow" >/dev/null 2>&1
		now=$(stat -f -c %b /mnt/a)
		[ "$now" -gt "$have" ] || fail "the file system has $now blocks after $mib MiB, had $have"
		have=$now
		must kill -0 $fio
	done
	touch stop
	must wait $fio
	# the new room can be used and holds what is put there
	room=$((mib * 2 / 3))
	must fallocate -l ${room}M /mnt/a/new
	mapper_up /mnt/a/new $((room * 256))
	mapper_down
	must umount /mnt/a
	must "$check" >/dev/null 2>&1
	must mount_fs /mnt/a
	same "$sum" "$(sha256sum </mnt/a/old)" "the file from before"
	mapper_up -k /mnt/a/new $((room * 256))
	same old "$(ask v)" "the file from afterwards"
	mapper_down
	must umount /mnt/a
}

# mapper_up FILE PAGES [PROGRAM OPTION]: a process that has FILE mapped, see mapper.c
mapper_up()
{
	rm -f mapper.in mapper.out
	must mkfifo mapper.in mapper.out
	mapper "$@" mapper.in mapper.out &
	MAPPER=$!
	at_exit eval "kill $MAPPER 2>/dev/null && wait $MAPPER 2>/dev/null; :"
	exec 5<>mapper.in 6<>mapper.out
	same mapped "$(mapper_answer)" "the mapper"
}

mapper_answer()
{
	local line

	read -r -t $((60 * NVM_SCALE)) line <&6 || line="no answer"
	echo "$line"
}

# ask LETTER: what the mapper says to it
ask()
{
	printf %s "$1" >&5
	mapper_answer
}

mapper_down()
{
	printf q >&5
	wait "$MAPPER"
	exec 5>&- 6>&-
}

# badblocks_are LINE...: of region and disk alike
# shellcheck disable=SC2120 # also without any
badblocks_are()
{
	local want have file

	want=$(printf '%s\n' "$@")
	for file in "$REGION/badblocks" /sys/block/nvm0/badblocks; do
		have=$(<"$file")
		same "$want" "$have" "$file"
	done
}

# nothing_left: no region, claim or user is left of what was removed
nothing_left()
{
	wait_for '! grep -qE "nvm_(fake|memmap)" /proc/iomem' 30
	same "" "$(regions)" "regions left"
	[ ! -e /sys/block/nvm0 ] || fail "nvm0 is still a disk"
}

# take_away HOW: unregister, lost, or unbind
take_away()
{
	case $1 in
	unbind) sysfs_write "/sys/bus/nvm/drivers/$ULD/unbind" nvm0 ;;
	*) fake "$1" a ;;
	esac
}

# forced_removal FS HOW: take the region away from under a mount and a mapping
forced_removal()
{
	local fs=$1 how=$2

	fake_up 320M
	put_fs "$fs" /mnt/a
	must fallocate -l 4M /mnt/a/f
	mapper_up /mnt/a/f 1024
	must sync -f /mnt/a
	exec 7</mnt/a/f
	take_away_used "$how"
}

# take_away_used HOW: from under a mount on /mnt/a, the mapper and the open file
# 7; then they go, and nothing is left
take_away_used()
{
	local how=$1 claim

	must take_away "$how"
	[ ! -b "$DISK" ] || fail "the disk is still there"
	# nobody reaches the memory, and it is nobody else's yet
	same SIGBUS "$(ask r)" "a load"
	same SIGBUS "$(ask w)" "a store"
	diag "msync: $(ask s)"
	claim=$(grep nvm_fake /proc/iomem) || fail "the claim went before the last user"
	must_fail - dd if=/dev/zero of=/mnt/a/g bs=4k count=10 oflag=direct status=none
	must_fail - dd if=/dev/fd/7 of=/dev/null bs=4k count=1 status=none
	must_fail - fake add b $((64 * MIB)) "$NVM_SS"
	# not even a forced rmmod of those whose code is in use
	must_fail - rmmod nvm_pmem
	[ "$how" = unbind ] || must_fail - rmmod nvm_fake
	exec 7<&-
	mapper_down
	must umount /mnt/a
	if [ "$how" = unbind ]; then
		same nvm0 "$(regions)" "the region"
		same "$claim" "$(grep nvm_fake /proc/iomem)" "the claim of the region"
		same unclaimed "$(<$REGION/state)" "state"
	else
		nothing_left
	fi
	must rmmod nvm_fake
	must rmmod nvm_pmem
	must rmmod nvm_core
	nothing_left
}

# rounds N ROUND: N times ROUND while three processes use the disk
rounds()
{
	local n

	pound_up
	for ((n = 0; n < $1; n++)); do
		under_io
		"$2"
	done
	pound_down
	wait_for "[ -b $DISK ]" 30
}

# rounds_leak_nothing N ROUND
rounds_leak_nothing()
{
	# it would open each disk that appears and slow the rounds down
	udevd_stop
	rounds 5 "$2"
	footprint >before
	rounds "$@"
	footprint >after
	no_leak before after
}

# unbind_bind: a round
unbind_bind()
{
	must take_away unbind
	# EBUSY until the last user of the old disk has seen the error
	wait_for 'sysfs_write /sys/bus/nvm/drivers/$ULD/bind nvm0' 30
}

# under_io: all three processes of pound have the disk open
under_io() { wait_for "[ \"\$(cat $REGION/users)\" -ge 3 ]" 60; }

# pound_up, pound_down: I/O that begins again whenever the disk does
pound_up()
{
	rm -f stop
	nice -n 19 pound "$DISK" stop &
	POUND=$!
	under_io
}

pound_down()
{
	touch stop
	wait "$POUND"
}

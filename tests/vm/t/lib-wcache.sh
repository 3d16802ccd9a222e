#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_wcache share. Not a test itself: its name does not begin
# with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

# shellcheck source=tests/vm/t/lib-emul.sh
. /payload/t/lib-emul.sh

CACHE=$BUS/devices/nvm0/cache
MIB=$((1 << 20))

# count NAME: a counter of the cache
count() { cat "$CACHE/$1"; }

# wcache_up SIZE[:OPTION...] [CACHE MIB]: a region nvm0 of type 2 with its disk
wcache_up()
{
	at_exit nvm_unload
	# what another test's autoload left may have another size
	rmmod nvm_wcache 2>/dev/null
	must modprobe nvm_wcache cache_mb="${2:-0}"
	emul_add "$1"
	same nvm_wcache "$(attr nvm0 uld)" "who claims it"
}

# fio_disk NAME OPTION...: on the disk, direct; its words if it fails
fio_disk()
{
	local name=$1

	shift
	fio --name="$name" --filename="$DISK" --allow_file_create=0 --direct=1 --ioengine=libaio \
		--randseed="${NVM_SEED:-$RANDOM}" --output="$name.fio" "$@" && return
	sed 's/^/# fio: /' "$name.fio"
	fail "fio: $name"
}

# fio_verify NAME OPTION...: what is read is what was written
fio_verify() { fio_disk "$@" --verify=crc32c --verify_fatal=1 --verify_async=0; }

# io_beside OPTION...: random writes beside what follows, until io_beside_ends
io_beside()
{
	fio --name=beside --filename="$DISK" --allow_file_create=0 --direct=1 --ioengine=libaio --rw=randwrite \
		--bs=4k --time_based --runtime=300 --output=beside.fio "$@" &
	BESIDE=$!
	at_exit eval "kill $BESIDE 2>/dev/null; wait $BESIDE; :"
}

io_beside_ends()
{
	kill "$BESIDE" || fail "the I/O beside had ended"
	wait "$BESIDE"
}

# page_text FILE PAGE: what the mapper has put into a page
page_text() { dd if="$1" bs=4k skip="$2" count=1 status=none | head -c 32 | tr -d '\0'; }
REGION=$BUS/devices/nvm0

# hand_to ULD: unbound from whoever has it, nvm0 is claimed by ULD; udev may still
# look at the former disk
hand_to()
{
	local had

	had=$(attr nvm0 uld)
	must sysfs_write "$BUS/devices/nvm0/driver_override" "$1"
	[ -z "$had" ] || must sysfs_write "$BUS/drivers/$had/unbind" nvm0
	must modprobe "$1"
	settle
	# loading it may have been enough
	wait_for "[ \"\$(attr nvm0 uld)\" = $1 ] || sysfs_write $BUS/drivers/$1/bind nvm0" 20
	wait_for "[ -b $DISK ]" 30
	settle
}

# random_file NAME MIB
random_file() { must dd if=/dev/urandom of="$1" bs=1M count="$2" status=none; }

# put_file NAME [DD OPERAND...]: written to the disk from its start, directly
put_file() { must dd if="$1" of="$DISK" bs=64k oflag=direct conv=notrunc,nocreat status=none "${@:2}"; }

# holds NAME [DD OPERAND...]: the disk begins with what is in the file
holds() { dd if="$DISK" bs=4k count=$(($(stat -c %s "$1") / 4096)) iflag=direct status=none "${@:2}" | cmp - "$1"; }

# medium_holds NAME: the same of the medium itself, with no cache
medium_holds()
{
	hand_to nvm_raw
	holds "$1" || fail "the medium does not hold $1"
}

# power_cut ELEMENT: the device loses its power and comes back without a cache;
# ELEMENT as in wcache_up
power_cut()
{
	must turn power_cut 1
	must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
	# udev may still look at the former disk
	wait_for 'rmmod nvm_wcache' 20
	no_autoload
	must sysfs_write "$P/remove" "${1%%:*}@$NVM_SS"
	must modprobe nvm_raw
	emul_add "$1"
	same nvm_raw "$(attr nvm0 uld)" "who claims it"
}

# numbers_up FLAG: in the background number N is written to block N, 512 of them in
# turn, by direct writes with the open flag, if there is one of the name, until
# one fails; acked has the last that did not
numbers_up()
{
	cat >numbers.py <<-'PY'
		import mmap, os, sys
		flag = getattr(os, sys.argv[1], 0)
		disk = os.open("/dev/nvm0", os.O_WRONLY | os.O_DIRECT | flag)
		acked = os.open("acked", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
		page = mmap.mmap(-1, 4096)
		for n in range(1 << 30):
		    page[:] = b"%016d" % n * 256
		    try:
		        os.pwrite(disk, page, n % 512 * 4096)
		    except OSError:
		        break
		    os.pwrite(acked, b"%d" % n, 0)
	PY
	rm -f acked
	python3 numbers.py "$1" &
	NUMBERS=$!
	at_exit eval "kill $NUMBERS 2>/dev/null; :"
}

# numbers_reach N: so many are acknowledged
numbers_reach() { wait_for "[ \"\$(cat acked)\" -ge $1 ]" 60; }

# numbers_are_there: each block has the last number that it should, and only the
# one that was under way may or may not be there
numbers_are_there()
{
	wait "$NUMBERS"
	diag "acknowledged up to $(cat acked)"
	must python3 - "$(cat acked)" <<-'PY'
		import os, sys
		last = int(sys.argv[1])
		disk = os.open("/dev/nvm0", os.O_RDONLY)
		for p in range(512):
		    want = last - (last - p) % 512
		    block = os.pread(disk, 4096, p * 4096)
		    if want >= 0 and block != b"%016d" % want * 256:
		        if p != (last + 1) % 512 or block != b"%016d" % (last + 1) * 256:
		            sys.exit("block %d has %s, not %d" % (p, block[:16], want))
	PY
}

# badblocks_are LINE: of region and disk alike; "" if there are none
badblocks_are()
{
	same "$1" "$(attr nvm0 badblocks)" "badblocks of the region"
	same "$1" "$(cat /sys/block/nvm0/badblocks)" "badblocks of the disk"
}

# put_fs_on FS DIR [MOUNT OPTIONS]: made and mounted, without DAX
put_fs_on()
{
	case $1 in
	ext4) must mkfs.ext4 -q -F -b 4096 "$DISK" ;;
	xfs) must mkfs.xfs -q -f "$DISK" ;;
	esac
	must mkdir -p "$2"
	must mount -o "${3:-defaults}" "$DISK" "$2"
	at_exit eval "! mountpoint -q $2 || umount $2"
}

# fs_is_whole FS: unmounted
fs_is_whole()
{
	case $1 in
	ext4) must e2fsck -fn "$DISK" >/dev/null 2>&1 ;;
	xfs) must xfs_repair -n "$DISK" >/dev/null 2>&1 ;;
	esac
}

# unbound_mounted FS
unbound_mounted()
{
	local fs=$1 n

	wcache_up 320M:write_ns=100000 32
	put_fs_on "$fs" /mnt/a
	for n in 1 2; do
		must dd if=/dev/urandom of=/mnt/a/synced bs=64k count=64 conv=fsync status=none
		must dd if=/dev/urandom of=/mnt/a/unsynced bs=64k count=64 status=none
		(cd /mnt/a && sha256sum synced unsynced) >sums
		exec 7</mnt/a/synced
		must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
		must_fail - dd if=/dev/zero of=/mnt/a/new bs=64k count=64 conv=fsync status=none
		# the old disk still has its users
		must_fail EBUSY sysfs_write "$BUS/drivers/nvm_wcache/bind" nvm0
		exec 7<&-
		must umount /mnt/a
		hand_to nvm_wcache
		must mount "$DISK" /mnt/a
		(cd /mnt/a && must sha256sum --quiet -c "$OLDPWD/sums")
		ok "$n"
	done
	must umount /mnt/a
	fs_is_whole "$fs"
	# udev may still look at the former disk
	wait_for 'rmmod nvm_wcache' 20
	must rmmod nvm_memmap
	must rmmod nvm_cache
}

# one_file_each OPERATIONS: four at once, each on a file of its own, /mnt/a/one.N, while
# the page cache is dropped; what has to be in it is in one.N here
one_file_each()
{
	local n pids=() bad=

	for n in 1 2 3 4; do
		one-file "/mnt/a/one.$n" $((NVM_SEED + n)) "$1" $((4 * MIB)) "one.$n" >"one.$n.out" 2>&1 &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		must sysfs_write /proc/sys/vm/drop_caches 3
		sleep 0.5
	done
	for n in 1 2 3 4; do
		wait "${pids[n - 1]}" || bad+=" $n"
		sed 's/^/# /' "one.$n.out"
	done
	[ -z "$bad" ] || fail "one-file:$bad"
}

# traffic_is_there: in the files of fs_traffic is what was written
traffic_is_there()
{
	local n

	(cd /mnt/a && must sha256sum --quiet -c "$OLDPWD/sums")
	for n in one.[1-4]; do
		must cmp "$n" "/mnt/a/$n"
	done
}

# fs_traffic FS
fs_traffic()
{
	local fs=$1 operations=1000

	[ -z "${NVM_LONG:-}" ] || operations=20000
	NVM_SEED=${NVM_SEED:-$RANDOM}
	diag "NVM_SEED=$NVM_SEED"

	wcache_up 384M:buffer=256K 4
	put_fs_on "$fs" /mnt/a discard
	# so slow that much is written to while it is in flight
	must turn write_ns 1000000
	cat >traffic.fio <<-'FIO'
		[global]
		directory=/mnt/a
		size=16M
		io_size=12M
		verify=crc32c
		verify_fatal=1
		verify_backlog=128
		[direct]
		ioengine=libaio
		iodepth=8
		direct=1
		rw=randwrite
		bsrange=4k-64k
		[small]
		ioengine=psync
		rw=randwrite
		bs=512
		io_size=1M
		size=4M
		fsync=32
		[sizes]
		ioengine=psync
		rw=randrw
		bsrange=1k-128k
		bs_unaligned=0
		norandommap
		fdatasync=64
		[hot]
		ioengine=psync
		direct=1
		rw=randwrite
		norandommap
		bs=512
		size=256K
		io_size=1M
		[mmap]
		ioengine=mmap
		rw=randwrite
		bs=4k
		fsync=256
	FIO
	fio --output=traffic.out --randseed="$NVM_SEED" traffic.fio || { sed 's/^/# fio: /' traffic.out; fail fio; }
	(cd /mnt/a && find . -type f -exec sha256sum {} +) >sums
	one_file_each $operations
	must umount /mnt/a
	diag "$(count hits) hits, $(count copies) copies, $(count fills) fills, $(count evicted) evicted"
	[ "$(count copies)" -gt 0 ] || fail "nothing was written to while it was in flight"
	fs_is_whole "$fs"
	must mount "$DISK" /mnt/a
	traffic_is_there
	must umount /mnt/a
	# and so it is on the medium
	hand_to nvm_raw
	fs_is_whole "$fs"
	must mount "$DISK" /mnt/a
	traffic_is_there
	must umount /mnt/a
}

# fake_medium_up [CACHE MIB [UID]]: nvm0, uid "t2", of nvm_fake instead, 64M; its commands
# are as told
fake_medium_up()
{
	local uid=${2:-t2}

	at_exit nvm_unload
	must modprobe nvm_wcache cache_mb="${1:-4}"
	must modprobe nvm_fake
	must fake desc "$uid" "$NVM_SS"
	must fake commands "$uid" taken
	settle
	wait_for "[ -b $DISK ]" 30
	settle
	same nvm_wcache "$(attr nvm0 uld)" "who claims it"
}

# fake WORD...: tell nvm_fake
fake() { sysfs_write "$FAKE" "$*"; }

# proves: partitions appear, can be used, count as users, and keep the region from being removed
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# mbr FIRST COUNT...: a partition table with entries of so many sectors
mbr()
{
	python3 -c 'import struct, sys
table = b""
args = list(map(int, sys.argv[1:]))
for first, count in zip(args[::2], args[1::2]):
    table += struct.pack("<B3sB3sII", 0, b"", 0x83, b"", first, count)
sys.stdout.buffer.write(b"\0" * 446 + table.ljust(64, b"\0") + b"\x55\xaa")' "$@"
}

memmap_up 64M
mbr 2048 65536 67584 32768 >table
must dd if=table of="$DISK" bs=512 oflag=direct status=none
settle
# udev may have had it read already, and probes what it found
wait_for "blockdev --rereadpt $DISK" 30
settle
wait_for '[ -b /dev/nvm0p1 ] && [ -b /dev/nvm0p2 ]' 30
same 33554432 "$(blockdev --getsize64 /dev/nvm0p1)" "size of nvm0p1"
must mkfs.ext4 -q -F -b 4096 /dev/nvm0p1
mkdir -p /mnt/p
must mount -o dax=always /dev/nvm0p1 /mnt/p
at_exit eval '! mountpoint -q /mnt/p || umount /mnt/p'
echo hello >/mnt/p/file
settle
same 1 "$(<"$REGION/users")" "users"
must_fail EBUSY sysfs_write $MEMMAP/remove "64M@$NVM_SS"
[ -b "$DISK" ] || fail "the refused removal took the disk"
same hello "$(</mnt/p/file)"
must umount /mnt/p
settle
same 0 "$(<"$REGION/users")" "users after umount"
must fio_run p2 --filename=/dev/nvm0p2 --direct=1 --rw=randwrite --bs=4k --size=16M \
	--io_size=2M --verify=crc32c --do_verify=1 --verify_fatal=1
# the second one begins where it should: its first sector is the disk's 67584
must dd if=/dev/nvm0p2 of=a bs=4k count=1 iflag=direct status=none
must dd if="$DISK" of=b bs=4k count=1 skip=$((67584 / 8)) iflag=direct status=none
must cmp a b
settle
must sysfs_write $MEMMAP/remove "64M@$NVM_SS"
nothing_left

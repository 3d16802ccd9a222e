# proves: udev knows of a disk and its partition what it knows of any other disk with the same contents
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# gpt FILE FIRST LAST: one entry, "nvm part"
gpt()
{
	python3 -IS - "$@" <<'PY'
import struct, sys, uuid, zlib
image, first, last = open(sys.argv[1], "r+b"), int(sys.argv[2]), int(sys.argv[3])
sectors = image.seek(0, 2) // 512
def guid(text): return uuid.UUID(text).bytes_le
entry = struct.pack("<16s16sQQQ72s", guid("0fc63daf-8483-4772-8e79-3d69d8477de4"),
                    guid("11111111-2222-3333-4444-555555555555"), first, last, 0,
                    "nvm part".encode("utf-16-le"))
table = entry.ljust(128 * 128, b"\0")
def header(here, other, entries):
    fields = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, here, other, 34,
                         sectors - 34, guid("99999999-8888-7777-6666-555555555555"), entries,
                         128, 128, zlib.crc32(table))
    return fields[:16] + struct.pack("<I", zlib.crc32(fields)) + fields[20:]
protective = b"\0" * 446 + struct.pack("<B3sB3sII", 0, b"", 0xee, b"", 1, sectors - 1)
for sector, data in ((0, protective.ljust(510, b"\0") + b"\x55\xaa"), (1, header(1, sectors - 1, 2)),
                     (2, table), (sectors - 33, table),
                     (sectors - 1, header(sectors - 1, 1, sectors - 33))):
    image.seek(sector * 512)
    image.write(data)
PY
}

# known DISK: what blkid has told udev, but for the number of the disk itself
known()
{
	udevadm info -q property -n "/dev/$1" | grep -E '^ID_(FS|PART)_' |
		grep -v '^ID_PART_ENTRY_DISK=' | sort
}

truncate -s 32M image
gpt image 2048 61439
truncate -s 29M fs
must mkfs.ext4 -q -b 4096 -U 6f1b2b7e-29f1-4bb2-9c1d-0d2f7a3c9e55 -L 'nvm label' fs
must dd if=fs of=image bs=1M seek=1 conv=notrunc status=none
at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=32M@$(at 0):uid=red"
settle
must dd if=image of=/dev/nvm0 bs=1M oflag=direct status=none
settle
wait_for 'blockdev --rereadpt /dev/nvm0' 30
must modprobe loop
at_exit modprobe -r loop
loop=$(losetup -f --show -P image) || fail "no loop device"
at_exit eval "losetup -d $loop 2>/dev/null"
loop=${loop#/dev/}
wait_for "[ -b /dev/nvm0p1 ] && [ -b /dev/${loop}p1 ]" 30
settle
for part in '' p1; do
	wait_for "[ -n \"\$(udevadm info -q property -n /dev/nvm0$part | grep ^ID_PART_TABLE_UUID=)\" ]" 30
	known "$loop$part" >want
	known "nvm0$part" >have
	[ -s want ] || fail "udev knows nothing of $loop$part"
	diff want have || fail "nvm0$part and $loop$part are not the same to udev"
done
grep -q '^ID_FS_LABEL=nvm_label$' have || fail "no label: $(cat have)"

# and of the disk itself, also at its partition
for part in '' p1; do
	udevadm info -q property -n "/dev/nvm0$part" >properties
	for want in ID_BUS=nvm ID_MODEL=NvM-memmap ID_SERIAL=red ID_SERIAL_SHORT=red \
			"ID_PATH=nvm-nvm_memmap-$(at 0)"; do
		grep -qx "$want" properties || fail "nvm0$part has no $want: $(cat properties)"
	done
done
must losetup -d "/dev/$loop"
settle
for link in by-id/nvm-red-part1 "by-path/nvm-nvm_memmap-$(at 0)-part1" by-partlabel/nvm\\x20part \
		by-partuuid/11111111-2222-3333-4444-555555555555 by-label/nvm\\x20label \
		by-uuid/6f1b2b7e-29f1-4bb2-9c1d-0d2f7a3c9e55; do
	wait_for "[ '/dev/disk/$link' -ef /dev/nvm0p1 ]" 30
done

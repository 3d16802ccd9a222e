# proves: writing poisoned sectors clears just them, in blocks of 4K or 512, and they read as written
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M
must dd if=/dev/urandom of=want bs=64k count=1 status=none
must dd if=want of="$DISK" bs=64k oflag=direct status=none
settle
must fake poison a 8192 4096
badblocks_are "16 8"
must dd if=want of="$DISK" bs=512 count=1 skip=18 seek=18 oflag=direct status=none
settle
badblocks_are "16 2" "19 5"
must dd if="$DISK" of=have bs=512 count=1 skip=18 iflag=direct status=none
must cmp -i 9216:0 -n 512 want have
must_fail EIO read_at 8192 4096
must dd if=want of="$DISK" bs=4k count=1 skip=2 seek=2 oflag=direct status=none
settle
badblocks_are ""
# in the middle of a large write, through the page cache
must fake poison a 20480 1024
must_fail EIO read_at 20480 512
must dd if=want of="$DISK" bs=64k conv=fsync status=none
badblocks_are ""
must dd if="$DISK" of=have bs=64k count=1 iflag=direct status=none
must cmp want have

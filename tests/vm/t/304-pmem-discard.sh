# proves: discard is refused, not swallowed, and the data stays
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
must dd if=/dev/urandom of=want bs=1M count=2 status=none
must dd if=want of="$DISK" bs=1M oflag=direct status=none
must_fail EOPNOTSUPP blkdiscard "$DISK"
must_fail EOPNOTSUPP blkdiscard -s "$DISK"
must_fail EOPNOTSUPP blkdiscard -o 0 -l 4096 "$DISK"
must dd if="$DISK" of=have bs=1M count=2 iflag=direct status=none
must cmp want have
must blkdiscard -z -o 1M -l 1M "$DISK"
must dd if="$DISK" of=have bs=1M count=2 iflag=direct status=none
must truncate -s 1M want
must truncate -s 2M want
must cmp want have

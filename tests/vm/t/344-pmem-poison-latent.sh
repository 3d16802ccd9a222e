# proves: poison that a read is the first to meet is EIO there, is listed from then on, and is cleared by writing
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

LATENT=/sys/kernel/debug/nvm/nvm0/latent_poison

fake_up 64M
must dd if=/dev/urandom of=want bs=64k count=1 status=none
must dd if=want of="$DISK" bs=64k oflag=direct status=none
settle
must sysfs_write $LATENT "12288 1024"
badblocks_are ""
must read_at 8192 4096
must read_at 16384 4096
badblocks_are ""
must_fail EIO read_at 12288 512
wait_for "grep -q '^24 ' $REGION/badblocks" 30
badblocks_are "24 1"
must dd if=want of="$DISK" bs=4k count=1 skip=3 seek=3 oflag=direct status=none
badblocks_are ""
must dd if="$DISK" of=have bs=64k count=1 iflag=direct status=none
must cmp want have
# met in the middle of a page: what lies behind it in the page cannot be told
must sysfs_write $LATENT "12800 512"
must_fail EIO read_at 12288 4096
badblocks_are "25 7"
must write_at 12288 4096
badblocks_are ""
must_fail ERANGE sysfs_write $LATENT "$((64 * MIB)) 512"
must_fail EINVAL sysfs_write $LATENT nonsense

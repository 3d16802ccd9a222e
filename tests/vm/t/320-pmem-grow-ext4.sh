# proves: a mounted ext4 grows in steps under I/O that verifies itself, and no byte is lost
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

grow() { resize2fs "$DISK"; }

check() { e2fsck -fn "$DISK"; }

grow_mounted ext4 grow check 64 96 128 200 256

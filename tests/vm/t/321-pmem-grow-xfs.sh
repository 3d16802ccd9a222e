# proves: a mounted xfs grows in steps under I/O that verifies itself, and no byte is lost
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

grow() { xfs_growfs /mnt/a; }

check() { xfs_repair -n "$DISK"; }

grow_mounted xfs grow check 320 352 400 448 512

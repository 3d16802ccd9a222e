# proves: an xfs behind the cache grows in steps while mounted, under I/O that verifies itself, and no byte is lost
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

grow() { xfs_growfs /mnt/a; }

check() { xfs_repair -n "$DISK"; }

at_exit nvm_unload
must modprobe nvm_wcache cache_mb=8
# shellcheck disable=SC2034 # for lib-pmem.sh
ULD=nvm_wcache OPTIONS=:type=2:write_ns=20000:undo=0 MOUNT=defaults
grow_mounted xfs grow check 320 352 400

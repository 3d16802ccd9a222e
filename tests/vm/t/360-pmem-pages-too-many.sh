# proves: a region whose struct pages do not fit in RAM is refused with ENOMEM and a clear line, and nothing changes
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
iomem=$(</proc/iomem)
map=$(<$MEMMAP/map)
# 64 bytes for each page: of 512 GiB they are 8 GiB, the guest has 4
must_fail ENOMEM sysfs_write $MEMMAP/add "512G@0x8000000000"
expect_log 'nvm_memmap: add: 512G@0x8000000000: .*struct pages.* RAM'
grep -q 'struct pages' $MEMMAP/last_error || fail "last_error: $(<$MEMMAP/last_error)"
# a good element before it is not kept either
must_fail ENOMEM sysfs_write $MEMMAP/add "64M@$((NVM_SS + 64 * MIB)),512G@0x8000000000"
# nor is a growth
must_fail ENOMEM sysfs_write $MEMMAP/add "128M@$NVM_SS,512G@0x8000000000"
same "$map" "$(<$MEMMAP/map)" "map"
same "$iomem" "$(</proc/iomem)" "/proc/iomem"
same nvm0 "$(regions)" "regions"
same $((64 * MIB)) "$(blockdev --getsize64 "$DISK")" "size"

# proves: the disk of a mapped region says what it is: size, flush and FUA, DAX, blocks, not rotational
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
q() { same "$2" "$(<"$QUEUE/$1")" "$1"; }

same $((64 * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
same $((64 * MIB)) "$(<"$REGION/size")" "size of the region"
same 0 "$(blockdev --getro "$DISK")" "read-only"
same nvm0 "$(<"$REGION/disk")" "disk of the region"
same nvm_pmem "$(<"$REGION/uld")" "ULD"
q write_cache "write back"
q fua 1
q dax 1
q rotational 0
q logical_block_size 512
q physical_block_size 4096
q discard_max_bytes 0
q iostats 0

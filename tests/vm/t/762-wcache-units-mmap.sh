# proves: where a write unit is more than a page, or a busy unit more than a block, block I/O and a mapping show the same at any time, and what was stored before msync is on the medium
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

at_exit nvm_unload
must modprobe nvm_wcache cache_mb=1
must modprobe nvm_memmap
for units in write_unit=16K:busy_unit=16K write_unit=32K:busy_unit=64K busy_unit=128K:erase_unit=256K write_unit=512:busy_unit=32K; do
	emul_add "64M:write_ns=20000:$units"
	io_beside --iodepth=8 --offset=32M --size=8M
	must two-views "$DISK" /dev/nvmc0 1024 8000 "${NVM_SEED:-$RANDOM}"
	io_beside_ends
	mapper_up /dev/nvmc0 64
	same "done" "$(ask s)" msync
	# so nothing is written when the cache goes: what it had and the medium has not would be gone
	same 0 "$(count dirty)" "$units: dirty after msync"
	mapper_down
	# udev looks at what was open for writing
	settle
	must sysfs_write "$P/map" $'\n'
	must sysfs_write "$P/add" "64M@$NVM_SS:type=1"
	disk_up
	must dd if="$DISK" of=medium bs=4k count=64 iflag=direct status=none
	for n in 0 1 31 63; do
		same "NvM page $n" "$(page_text medium $n)" "$units: the medium"
	done
	must sysfs_write "$P/map" $'\n'
	ok "$units"
done

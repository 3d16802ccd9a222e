# proves: a device whose units the cache cannot serve, and a cache larger than all RAM, are declined with the reason; extreme ones that it can serve are served
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# declines REASON OPTIONS: of the region's element
declines()
{
	must sysfs_write "$P/add" "64M@$NVM_SS:type=2:$2"
	settle
	same "unclaimed " "$(attr nvm0 state) $(attr nvm0 uld)" "$2: state and ULD"
	attr nvm0 declined | grep -q "nvm_wcache.*$1" || fail "$2: declined: $(attr nvm0 declined)"
	must sysfs_write "$P/map" $'\n'
	ok "$2"
}

serves()
{
	emul_add "64M:write_ns=1000:$1"
	same nvm_wcache "$(attr nvm0 uld)" "$1: ULD"
	fio_verify serves --rw=randwrite --bsrange=512-256k --bs_unaligned=0 --blockalign=512 --iodepth=8 --size=16M \
		--fsync=32
	must sync "$DISK"
	# udev looks at what was written
	settle
	must sysfs_write "$P/map" $'\n'
	ok "$1"
}

at_exit nvm_unload
must modprobe nvm_wcache cache_mb=1
must modprobe nvm_memmap
declines 'largest transfer' write_unit=512:erase_unit=512:busy_unit=512:max_transfer=2K
declines 'write unit' write_unit=64K:erase_unit=64K:busy_unit=64K
declines 'busy unit' busy_unit=512K:erase_unit=512K
must sysfs_write /sys/module/nvm_wcache/parameters/cache_mb 1000000000
declines 'more than all RAM' depth=2
must sysfs_write /sys/module/nvm_wcache/parameters/cache_mb 20000000000000
declines 'more than all RAM' depth=2
must sysfs_write /sys/module/nvm_wcache/parameters/cache_mb 1
serves write_unit=512:erase_unit=512:busy_unit=512:max_transfer=4K:depth=1
serves write_unit=32K:erase_unit=32K:busy_unit=32K:max_transfer=32K
serves busy_unit=256K:erase_unit=1M:max_transfer=4M:depth=256:undo=0
serves erase_unit=4M:max_transfer=12K:depth=3

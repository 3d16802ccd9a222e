# proves: a range that another driver of persistent memory has is EBUSY
# vm: big
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
must modprobe nd_e820
must modprobe nd_pmem
settle
wait_for '[ -b /dev/pmem0 ]' 30
for param in map add; do
	must refused EBUSY $param "4M@$(at 0),2M@0x1f0000000" "persistent memory, see /proc/iomem"
	must refused EBUSY $param "4M@$(at 0),64M@0x1f0000000"
	must refused EBUSY $param "4M@$(at 0),128M@0x1f0000000"
done

# proves: regions by the hundred: added, removed, and map that outgrows a page is EOVERFLOW, but not for nvmctl
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# list FROM TO: devices of 2 MiB, one behind the other
list()
{
	local i out=

	for ((i = $1; i < $2; i++)); do
		printf -v out '%s,2M@0x%x' "$out" $((NVM_SS + (i << 21)))
	done
	echo "${out#,}"
}

at_exit nvm_unload
# udev would take minutes for what is not its test
must udevadm control --exit
at_exit udevd_start
must modprobe nvm_memmap
fits=$((4095 / 15))
must sysfs_write $P/add "$(list 0 200)"
must sysfs_write $P/add "$(list 200 $fits)"
same "$(list 0 $fits)" "$(cat $P/map)" "map that just fits"
must sysfs_write $P/add "$(list $fits $((fits + 1)))"
cat $P/map >got 2>message && fail "map that does not fit a page can be read"
grep -q "Value too large" message || fail "not EOVERFLOW: $(cat message)"
same 0 "$(stat -c %s got)" "bytes read of it"
same $((fits + 1)) "$(regions | wc -l)" "number of regions"
same "$(list 0 $((fits + 1)))" "$(nvmctl map)" "map as nvmctl has it"
must sysfs_write $P/add "$(list $((fits + 1)) 500)"
same 500 "$(regions | wc -l)" "number of regions"
same 500 "$(grep -c nvm_memmap /proc/iomem)" "number of claims"
# a list that is refused changes nothing there either
must refused EEXIST add "$(list 500 510),4M@$(at 998)"
must sysfs_write $P/remove "$(list $fits 400)"
must sysfs_write $P/remove "$(list 400 500)"
same "$(list 0 $fits)" "$(cat $P/map)" "map that fits again"
must sysfs_write $P/map $'\n'
same "" "$(regions)" regions
! grep nvm /proc/iomem || fail "a claim is left"

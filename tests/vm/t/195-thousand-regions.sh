# proves: 1,000 regions come and go, 60 of them with disks: nothing left, memory back
# kernels: either
# vm: big
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# list MIB FROM TO: devices of so many MiB, one behind the other
list()
{
	local i out=

	for ((i = $2; i < $3; i++)); do
		printf -v out '%s,%dM@0x%x' "$out" "$1" $((NVM_SS + ((i * $1) << 20)))
	done
	echo "${out#,}"
}

# add_all MIB N
add_all()
{
	local i

	for ((i = 0; i < $2; i += 250)); do
		must sysfs_write $P/add "$(list "$1" $i $((i + 250 < $2 ? i + 250 : $2)))"
	done
	must sysfs_write $BUS/flush 1
	same "$2" "$(regions | wc -l)" "number of regions"
	same "$2" "$(grep -c nvm_memmap /proc/iomem)" "number of claims on addresses"
}

remove_all()
{
	must sysfs_write $P/map $'\n'
	same "" "$(regions)" regions
	! grep nvm /proc/iomem || fail "a claim is left"
}

at_exit nvm_unload
# it would take minutes, and it opens disks
udevd_stop
must modprobe nvm_memmap
add_all 2 1000
same 1000 "$(cat $BUS/devices/*/state | grep -c '^unclaimed$')" "number of unclaimed regions"
remove_all
footprint >before
add_all 2 1000
remove_all
footprint >after
no_leak before after
# with disks fewer: each takes several grace periods of RCU to go
must modprobe nvm_pmem
add_all 16 60
same 60 "$(cat $BUS/devices/*/state | grep -c '^claimed$')" "number of claimed regions"
same 60 "$(find /sys/block/ -name 'nvm*' | wc -l)" "number of disks"
remove_all
footprint >before
add_all 16 60
remove_all
footprint >after
# their struct pages are 15 MiB
no_leak before after

# proves: 1,000 regions come and go, 60 of them with disks: nothing left, memory back
# vm: big
# timeout: 120
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

list()
{
	local i out=

	for ((i = $1; i < $2; i++)); do
		printf -v out '%s,2M@0x%x' "$out" $((NVM_SS + (i << 21)))
	done
	echo "${out#,}"
}

# free: KiB that are or can be made free
free()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemFree/ { print $2 }' /proc/meminfo
}

# add_all N
add_all()
{
	local i

	for ((i = 0; i < $1; i += 250)); do
		must sysfs_write $P/add "$(list $i $((i + 250 < $1 ? i + 250 : $1)))"
	done
	must sysfs_write $BUS/flush 1
	same "$1" "$(regions | wc -l)" "number of regions"
	same "$1" "$(grep -c nvm_memmap /proc/iomem)" "number of claims on addresses"
}

remove_all()
{
	must sysfs_write $P/map $'\n'
	same "" "$(regions)" regions
	! grep nvm /proc/iomem || fail "a claim is left"
}

at_exit nvm_unload
# it would take minutes, and it opens disks
must udevadm control --exit
at_exit udevd_start
must modprobe nvm_memmap
add_all 1000
same 1000 "$(cat $BUS/devices/*/state | grep -c '^unclaimed$')" "number of unclaimed regions"
remove_all
before=$(free)
add_all 1000
remove_all
# the slack is what slabs keep; a leak of a KiB each would be 1000
lost=$((before - $(free)))
echo "$lost KiB less after the second round"
[ $lost -lt 800 ] || fail "$lost KiB were lost in 1000 regions"
# with disks fewer: each takes several grace periods of RCU to go
must modprobe nvm_pmem
add_all 60
same 60 "$(cat $BUS/devices/*/state | grep -c '^claimed$')" "number of claimed regions"
same 60 "$(find /sys/block/ -name 'nvm*' | wc -l)" "number of disks"
remove_all
before=$(free)
add_all 60
remove_all
lost=$((before - $(free)))
echo "$lost KiB less after the second round"
[ $lost -lt 600 ] || fail "$lost KiB were lost in 60 disks"

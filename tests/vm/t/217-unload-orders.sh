# proves: modules go in any order of LLD and ULD, the core last, and come again, 30 rounds
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must udevadm control --exit
at_exit udevd_start
before=$(cat /proc/iomem)
for ((i = 0; i < 30; i++)); do
	if ((i & 1)); then
		must modprobe nvm_pmem
		must modprobe nvm_memmap "map=4M@$(at 0)"
	else
		must modprobe nvm_memmap "map=4M@$(at 0)"
		must modprobe nvm_pmem
	fi
	must sysfs_write $BUS/flush 1
	[ "$(<$BUS/devices/nvm0/state)" = claimed ] || fail "round $i: $(attr nvm0 state)"
	if ((i & 2)); then
		must rmmod nvm_memmap nvm_pmem
	else
		must rmmod nvm_pmem
		[ "$(<$BUS/devices/nvm0/state)" = unclaimed ] || fail "round $i: $(attr nvm0 state)"
		must rmmod nvm_memmap
	fi
	[ -z "$(regions)" ] || fail "round $i: a region is left"
	((i % 5)) || must rmmod nvm_core
done
same "$before" "$(cat /proc/iomem)" /proc/iomem
# what is used cannot go
must modprobe nvm_pmem
must_fail - rmmod nvm_core
must modprobe nvm_memmap "map=4M@$(at 0)"
must_fail - rmmod nvm_core
must sysfs_write $BUS/flush 1
exec 9</dev/nvm0
for m in nvm_pmem nvm_memmap nvm_core; do
	must_fail - rmmod $m
done
same claimed "$(attr nvm0 state)" state
exec 9<&-
must rmmod nvm_memmap nvm_pmem nvm_core

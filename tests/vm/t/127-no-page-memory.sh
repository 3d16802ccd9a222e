# proves: a range whose struct pages do not fit the RAM is ENOMEM
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
for param in map add; do
	must refused ENOMEM $param "4M@$(at 0),256G@0x1000000000" "256G@0x1000000000" \
		"struct pages need 4096 MiB of RAM"
	# none of them alone, but all together
	must refused ENOMEM $param \
		"4M@$(at 0),80G@0x1000000000,80G@0x3000000000,80G@0x5000000000" "80G@0x"
done
# nor one after the other: what is not yet claimed will need its pages, too
rmmod nvm_pmem 2>/dev/null
no_autoload
for start in 0x1000000000 0x3000000000 0x5000000000; do
	last="80G@$start"
	sysfs_write $P/add "$last" >/dev/null 2>&1 || break
done
[ "$last" != 80G@0x1000000000 ] || fail "not even one was taken"
must refused ENOMEM add "$last" "$last" "for regions not yet claimed"

# proves: what overlaps one of ours is EEXIST, even one this write would remove
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=8M@$(at 16),8M@$(at 32)"
settle
for param in map add; do
	for list in "8M@$(at 12)" "8M@$(at 20)" "2M@$(at 18)" "32M@$(at 8)" "64M@$(at 0)"; do
		must refused EEXIST $param "$list" "$list: overlaps the device 8M@"
	done
	must refused EEXIST $param "18M@$(at 16)" "18M@$(at 16): overlaps the device 8M@$(at 32)"
	must refused EEXIST $param "4M@$(at 64),4M@$(at 66)" "the same list also has"
	must refused EEXIST $param "4M@$(at 64),4M@$(at 64)" "the same list also has"
	must refused EEXIST $param "4M@$(at 64):uid=a,4M@$(at 72):uid=a" "uid=a is that of"
done
# all of map= but the first would go: it overlaps that nevertheless
must refused EEXIST map "24M@$(at 0),8M@$(at 32)" "overlaps the device 8M@$(at 16)"
must refused EEXIST map "8M@$(at 64):uid=memmap-$(printf %x $((NVM_SS + (16 << 20))))" "is that of"
# touching is not overlapping
must sysfs_write $P/map "16M@$(at 0),16M@$(at 16),8M@$(at 32),2M@$(at 40)"
settle

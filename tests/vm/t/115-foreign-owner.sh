# proves: addresses that belong to someone else are EBUSY
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap "map=8M@$(at 0)"
must sysfs_write $FAKE "add other $((8 << 20)) $(at 16)"
settle
for param in map add; do
	must refused EBUSY $param "8M@$(at 0),8M@$(at 16)" "8M@$(at 16)" "overlaps nvm1 of nvm_fake"
	must refused EBUSY $param "8M@$(at 0),2M@$(at 22)" "overlaps nvm1 of nvm_fake"
	must refused EBUSY $param "8M@$(at 0),16M@$(at 12)" "overlaps nvm1 of nvm_fake"
	# an expansion into it
	must refused EBUSY $param "18M@$(at 0)" "18M@$(at 0)" "overlaps nvm1 of nvm_fake"
	# the configuration space of PCI Express
	must refused EBUSY $param "8M@$(at 0),2M@0xb0000000" "belongs to"
	# the registers of a PCI device
	must refused EBUSY $param "8M@$(at 0),2M@0xfea00000" "/proc/iomem"
	# the end of the reserved range, and what is behind it
	must refused EBUSY $param "8M@$(at 0),4M@$(at 1022)" "4M@$(at 1022)" "/proc/iomem"
done
# gone, but kept by its last user: the addresses are not free before that
exec 9</dev/nvm1
must sysfs_write $FAKE "unregister other"
must refused EBUSY add "8M@$(at 16)" "nvm1 of nvm_fake (gone)"
exec 9<&-
settle
wait_for "write-once $P/add 8M@$(at 16)" 30
same "8M@$(at 0),8M@$(at 16)" "$(cat $P/map)" map
settle

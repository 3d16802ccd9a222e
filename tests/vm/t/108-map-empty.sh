# proves: an empty map= removes all, an empty add= or remove= nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 32)"
settle
for empty in $'\n' " " $' \t\n'; do
	must sysfs_write $P/add "$empty"
	must sysfs_write $P/remove "$empty"
	same "4M@$(at 0),4M@$(at 32)" "$(cat $P/map)" map
done
must sysfs_write $P/map $'\n'
same "" "$(cat $P/map)" map
same "" "$(regions)" regions
! grep nvm /proc/iomem || fail "a claim is left"
must sysfs_write $P/map " "
must sysfs_write $P/map "4M@$(at 0)"
settle

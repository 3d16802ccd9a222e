# proves: two writers of map at once: it is always the list of one of them
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
lists=("4M@$(at 0),4M@$(at 16),2M@$(at 24)" "4M@$(at 16),4M@$(at 64):uid=b")
must modprobe nvm_memmap "map=${lists[0]}"
must sysfs_write $BUS/flush 1
# a busy machine needs longer for as many
worked=0
while [ "$worked" -lt 20 ]; do
	must map-race 6 "${lists[@]}" >out
	cat out
	read -r _ more _ <out
	worked=$((worked + more))
done
settle

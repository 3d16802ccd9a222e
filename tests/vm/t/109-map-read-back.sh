# proves: what map reads can be written back to no effect
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap \
	"map=4M@$(at 0):ro=1:uid=one,6M@$(at 32):numa=0,2M@$(at 96),2M@$(at 98):uid=a.B_c-9"
settle
events=$(cat /sys/bus/nvm/events)
list=$(cat $P/map)
same "4M@$(at 0):uid=one:ro=1,6M@$(at 32):numa=0,2M@$(at 96),2M@$(at 98):uid=a.B_c-9" \
	"$list" map
exec 9</dev/nvm0
for _ in 1 2; do
	must sysfs_write $P/map "$list"
	must sysfs_write $P/map "$list"$'\n'
	must sysfs_write $P/add "$list"
	same "$list" "$(cat $P/map)" map
done
same "$events" "$(cat /sys/bus/nvm/events)" "number of events"
exec 9<&-
# and it is enough to make the same again
settle
must rmmod nvm_memmap
must modprobe nvm_memmap "map=$list"
same "$list" "$(cat $P/map)" "map after another load"
must sysfs_write /sys/bus/nvm/flush 1
settle
must sysfs_write $P/remove "$list"
same "" "$(cat $P/map)" "map after its list was removed"

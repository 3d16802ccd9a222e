# proves: a region and its disk are on the NUMA node that their memory is on, or the one that the option numa= says
# vm: numa
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

NODES=/sys/devices/system/node

# node_is REGION NODE: of region, driver core's device below it, and disk
node_is()
{
	same "$2" "$(attr "$1" numa_node)" "node of region $1"
	must nvmctl list --json "$1" >json
	grep -q "\"numa_node\": $2" json || fail "nvmctl: $(grep numa_node json)"
	[ "/sys/block/$1/device" -ef "$BUS/devices/$1" ] || fail "the disk is on another device"
}

at_exit nvm_unload
same 0-1 "$(cat $NODES/online)" "nodes online"
must modprobe nvm_pmem
must modprobe nvm_memmap "map=64M@$(at 0),64M@$(at 64):numa=0,64M@$(at 128):numa=1"
settle
node_is nvm0 1
node_is nvm1 0
node_is nvm2 1
same "64M@$(at 0),64M@$(at 64):numa=0,64M@$(at 128):numa=1" "$(cat $P/map)" map
# no node of that number; and not changed afterwards
must refused EINVAL add "64M@$(at 256):numa=2" "no such node"
must refused EINVAL add "64M@$(at 0):numa=0" "the options differ"
# an expansion stays where it is
must sysfs_write $P/add "128M@$(at 192)"
must sysfs_write $P/add "192M@$(at 192)"
settle
node_is nvm3 1
# and so do the struct pages of the range, which DAX makes: the disk works
must dd if=/dev/urandom of=/dev/nvm0 bs=1M count=8 oflag=direct status=none
settle

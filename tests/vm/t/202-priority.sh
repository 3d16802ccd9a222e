# proves: the ULD with the higher priority gets a region, whichever came first
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
no_autoload
must modprobe nvm_memmap
# order PRIORITY WINNER MODULE...: load these, then the region
order()
{
	local priority=$1 winner=$2 m

	shift 2
	for m; do
		if [ "$m" = nvm_rival ]; then
			must modprobe nvm_rival "priority=$priority"
		else
			must modprobe "$m"
		fi
	done
	must sysfs_write $P/add "4M@$(at 0)"
	must sysfs_write $BUS/flush 1
	same "$winner" "$(attr nvm0 uld)" "priority $priority, order $*"
	same "" "$(attr nvm0 declined)" declined
	must rmmod nvm_rival
	settle
	must rmmod nvm_pmem
	must sysfs_write $P/map $'\n'
}

order 10 nvm_rival nvm_rival nvm_pmem
order 10 nvm_rival nvm_pmem nvm_rival
order -10 nvm_pmem nvm_rival nvm_pmem
order -10 nvm_pmem nvm_pmem nvm_rival

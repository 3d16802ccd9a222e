# proves: the bus's events can be polled, and rise on whatever happens to a region
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_fake
must modprobe nvm_memmap
# rises WHAT CMD...
rises()
{
	local what=$1 out was is

	shift
	settle
	out=$(poll-while $BUS/events $((10 * NVM_SCALE)) "$@") || fail "$what: $out"
	read -r was is <<<"$out"
	[ "$is" -gt "$was" ] || fail "$what: $out"
}

rises added write-once $P/add "4M@$(at 0)"
rises expanded write-once $P/add "8M@$(at 0)"
rises released write-once $BUS/drivers/nvm_pmem/unbind nvm0
rises claimed write-once $BUS/drivers/nvm_pmem/bind nvm0
rises removed write-once $P/remove "8M@$(at 0)"
must sysfs_write $FAKE "add f $((4 << 20)) $(at 16)"
rises "health (read-only)" write-once $FAKE "ro f it is worn out"
same "it is worn out" "$(attr nvm0 read_only_reason)" reason
rises "health (armed)" write-once $FAKE "armed f"
rises poison write-once $FAKE "poison f 4096 512"
rises lost write-once $FAKE "lost f"
settle

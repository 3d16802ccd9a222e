# proves: state, size, read_only and badblocks of a region can be polled
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_fake
must modprobe nvm_memmap "map=4M@$(at 0)"
must sysfs_write $FAKE "add f $((4 << 20)) $(at 16)"
settle
# turns REGION ATTRIBUTE "WAS IS" CMD...
turns()
{
	local file=$BUS/devices/$1/$2 want=$3 out

	shift 3
	out=$(poll-while "$file" $((10 * NVM_SCALE)) "$@") || fail "$file: $out"
	same "$want" "$out" "$file"
}

turns nvm0 state "claimed unclaimed" write-once $BUS/drivers/nvm_pmem/unbind nvm0
turns nvm0 state "unclaimed claimed" write-once $BUS/drivers/nvm_pmem/bind nvm0
turns nvm0 size "4194304 8388608" write-once $P/add "8M@$(at 0)"
turns nvm1 read_only "0 1" write-once $FAKE "ro f worn"
turns nvm1 read_only "1 0" write-once $FAKE "armed f"
turns nvm1 badblocks " 8 1" write-once $FAKE "poison f 4096 512"
turns nvm1 state "claimed gone" write-once $FAKE "unregister f"
settle

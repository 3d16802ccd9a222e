# proves: a ULD without probe is refused with EINVAL and a line
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must_fail EINVAL modprobe nvm_rival broken=1
expect_log 'nvm: ULD nvm_broken refused: it needs a name, types, probe and remove'
[ ! -e $BUS/drivers/nvm_broken ] || fail "it is registered"
[ ! -e /sys/module/nvm_rival ] || fail "its module is loaded"
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
same claimed "$(attr nvm0 state)" state

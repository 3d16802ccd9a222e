# proves: a map= that is refused fails the load with its errno and leaves nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# load_fails ERRNO LIST LINE
load_fails()
{
	local load=(modprobe nvm_memmap)

	# modprobe takes EEXIST for "is loaded already" and says nothing
	[ "$1" != EEXIST ] || load=(insmod "$(modinfo -n nvm_memmap)")
	must_fail "$1" "${load[@]}" "map=$2"
	expect_log "^nvm_memmap: map: .*$3"
	[ ! -e /sys/module/nvm_memmap ] || fail "loaded in spite of $2"
	[ ! -e /sys/devices/platform/nvm_memmap ] || fail "a device is left by $2"
	! grep nvm /proc/iomem || fail "a claim is left by $2"
	same "" "$(regions)" "regions after $2"
}

at_exit nvm_unload
load_fails EINVAL "4M@$(at 0),oops" 'oops: not of the form size@start'
load_fails EEXIST "4M@$(at 0),4M@$(at 2)" 'the same list also has'
load_fails EBUSY "4M@$(at 0),2M@0x1000000" 'system RAM'
load_fails EBUSY "4M@$(at 0),2M@0xb0000000" 'belongs to'
load_fails ERANGE "4M@$(at 0),2M@0x4000000000000" 'outside what this machine can map'
load_fails EOPNOTSUPP "4M@$(at 0),4M@$(at 8):type=4" 'type=4 is not emulated'
load_fails ENOMEM "4M@$(at 0),256G@0x1000000000" 'struct pages'
must modprobe nvm_memmap "map=4M@$(at 0)"
same "4M@$(at 0)" "$(cat $P/map)" map
settle

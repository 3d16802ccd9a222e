# proves: a better ULD that defers its probe neither hangs the walk nor keeps the region from the next
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh
must modprobe nvm_pmem
must modprobe nvm_rival priority=10 probe_err=-517
must modprobe nvm_memmap map="4M@$NVM_SS"
at_exit nvm_unload
must timeout $((20 * NVM_SCALE)) bash -c 'echo 1 >/sys/bus/nvm/flush'
same nvm_pmem "$(cat /sys/bus/nvm/devices/nvm0/uld)" uld
grep -q '^nvm_rival: ' /sys/bus/nvm/devices/nvm0/declined ||
	fail "declined: $(cat /sys/bus/nvm/devices/nvm0/declined)"
settle

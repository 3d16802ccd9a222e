# proves: each allocation in claiming, expanding and letting go of a region fails once: told, all as before, next try works
# kernels: debug
# timeout: 240
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

ULD=nvm_pmem
ONE="8M@$(at 0)"
TWO="16M@$(at 0)"
drop() { same "ok 0" "$(put 0 remove "$ONE")" "remove"; }
is_claimed() { [ "$(<"$BUS"/devices/nvm0/state)" = claimed ]; }

# claim N: what fails is in the core's queue, which has nobody to tell but the
# log and the region's "declined"; bound by hand it works
claim()
{
	local result left

	read -r result left < <(fail-nth "$1" queued "$P/add" "$ONE")
	if [ "$result" = ok ] && ! is_claimed; then
		result=unclaimed
		bound
		is_claimed || fail "bind after $1: not claimed"
		drop
	fi
	echo "$result $left"
}

at_exit nvm_unload
faults_up
must modprobe nvm_pmem
must modprobe nvm_memmap
walk "claim" claim drop "unclaimed" 'declined by nvm_pmem|driver_sysfs_add'
readd
walk_life

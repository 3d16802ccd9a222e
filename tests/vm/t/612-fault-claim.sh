# proves: each allocation in claiming, expanding and letting go of a region fails once: told, all as before, next try works
# kernels: debug
# timeout: 240
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

ONE="8M@$(at 0)"
put() { fail-nth "$1" write "$P/$2" "$3"; }
drop() { same "ok 0" "$(put 0 remove "$ONE")" "remove"; }
is_claimed() { [ "$(<"$BUS"/devices/nvm0/state)" = claimed ]; }
bind() { fail-nth "$1" write "$BUS/drivers/nvm_pmem/bind" nvm0; }
unbind() { fail-nth "$1" write "$BUS/drivers/nvm_pmem/unbind" nvm0; }
bound() { same "ok 0" "$(bind 0)" "bind"; }
unbound() { same "ok 0" "$(unbind 0)" "unbind"; }
expand() { put "$1" add "16M@$(at 0)"; }
unexpand() { same "ok 0" "$(put 0 map $'\n')" "remove all"; same "ok 0" "$(fail-nth 0 queued "$P/add" "$ONE")" "add again"; }
remove() { put "$1" remove "$ONE"; }
readd() { same "ok 0" "$(fail-nth 0 queued "$P/add" "$ONE")" "add again"; }

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
unbound
walk "bind" bind unbound "ENOMEM EINVAL" 'declined by nvm_pmem|driver_sysfs_add'
bound
walk "unbind" unbind bound ""
walk "expand" expand unexpand "ENOMEM" 'nvm_memmap: add: '
walk "remove" remove readd "ENOMEM" 'nvm_memmap: remove: '
[ "$TOLD" -gt 0 ] || fail "no failure was told"

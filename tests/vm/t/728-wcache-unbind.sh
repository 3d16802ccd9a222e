# proves: unbound under writers nvm_wcache has each acknowledged write on the medium, also without a flush
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=200000 16
for n in 300 1500 4000; do
	numbers_up none
	numbers_reach $n
	must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
	wait "$NUMBERS"
	hand_to nvm_raw
	numbers_are_there
	hand_to nvm_wcache
done
# modules go in any order, and with them what is dirty to the medium
random_file want 4
put_file want
exec 7<"$DISK"
must_fail - rmmod nvm_wcache
must_fail - rmmod nvm_cache
must_fail - rmmod nvm_memmap
exec 7<&-
settle
put_file want
settle
# udev may still look at the former disk
wait_for 'rmmod nvm_wcache' 20
must rmmod nvm_cache
medium_holds want

# proves: polite removal writes back first; if the medium refuses it is EIO, and the region stays as it was with all data
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

dev=64M:write_ns=200000
gone()
{
	same "" "$(regions)" regions
	emul_add $dev
	holds want || fail "$1: other data"
}

wcache_up $dev 16
random_file want 4
put_file want
[ "$(count dirty)" -gt 0 ] || fail "nothing is dirty"
settle
must sysfs_write "$P/remove" "64M@$NVM_SS"
gone remove
random_file want 4
put_file want
# udev has a look at what was closed
settle
must sysfs_write "$P/map" $'\n'
gone map
random_file new 4
must turn bad_at $((9 * 4096))
put_file new
settle
for n in 1 2; do
	must_fail EIO sysfs_write "$P/remove" "64M@$NVM_SS"
	must_fail EIO sysfs_write "$P/map" $'\n'
	same "claimed nvm_wcache" "$(attr nvm0 state) $(attr nvm0 uld)" "state and ULD"
	same 4096 "$(count failed)" "refused"
	holds new || fail "other data after refusal $n"
	settle
done
case $(cat "$P/last_error") in
*nvm0*) ;;
*) fail "last_error: $(cat "$P/last_error")" ;;
esac
must turn bad_at "$NOWHERE"
must sysfs_write "$P/remove" "64M@$NVM_SS"
mv new want
gone afterwards

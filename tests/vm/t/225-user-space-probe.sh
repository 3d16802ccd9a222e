# proves: udev rules that run a probe in user space make the regions of a file appear when nvm_memmap is loaded, or when triggered
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

RULES=/etc/udev/rules.d/90-nvm-probe.rules

# rules SED...: the example's, with the paths of this machine
rules()
{
	must sed -e "s#/usr/sbin/nvmctl#$(command -v nvmctl)#" "$@" /payload/scripts/udev/90-nvm-probe.rules.example >$RULES
	udev_reload
}

at_exit nvm_unload
at_exit udev_reload
at_exit rm -rf $RULES /etc/nvm
must mkdir -p /etc/nvm
cat >/etc/nvm/regions.conf <<CONF
# what this machine has
4M@$(at 0):uid=first
8M@$(at 16):ro=1	# and another
CONF
want="4M@$(at 0):uid=first,8M@$(at 16):ro=1"
rules
grep -q 'nvmctl probe' $RULES || fail "the example runs no probe"
must modprobe nvm_memmap
settle
wait_for "[ \"\$(cat $P/map)\" = '$want' ]" 20
settle
same "claimed claimed" "$(cat $BUS/devices/*/state | xargs)" states
same "first 1" "$(attr nvm0 uid) $(attr nvm1 read_only)" "uid of nvm0, read_only of nvm1"
[ /dev/disk/by-id/nvm-first -ef /dev/nvm0 ] || fail "no disk of the first"
# what is there stays as it is; what went comes back
must sysfs_write $P/remove "8M@$(at 16)"
settle
exec 9</dev/nvm0
must udevadm trigger --action=add /sys/module/nvm_memmap
must udev_settle
wait_for "[ \"\$(cat $P/map)\" = '$want' ]" 20
exec 9<&-
settle
events=$(cat $BUS/events)
must udevadm trigger --action=add /sys/module/nvm_memmap
must udev_settle
sleep 1
same "$want" "$(cat $P/map)" "map after another trigger"
same "$events" "$(cat $BUS/events)" "number of events: nothing changed"
must rmmod nvm_memmap
same "" "$(regions)" "regions left"
# a rule of one's own: a file elsewhere; then one with a wrong region, of which nothing is added
echo "4M@$(at 32)" >/run/found
rules -e "s#probe --no-wait\"#probe --no-wait --from /run/found\"#"
grep -q 'from /run/found' $RULES || fail "the rule was not changed"
must modprobe nvm_memmap
wait_for "[ \"\$(cat $P/map)\" = '4M@$(at 32)' ]" 20
settle
echo "4M@$(at 48),4M@0x1000000" >/run/found
must udevadm trigger --action=add /sys/module/nvm_memmap
must udev_settle
sleep 1
same "4M@$(at 32)" "$(cat $P/map)" "map after a list with RAM in it"
expect_log 'system RAM'
must rm /run/found

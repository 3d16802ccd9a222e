# proves: a valid region of type 2, 3 or 4 is registered and sits there unclaimed without its ULD, says what it is, and goes; nvm_pmem keeps off, nvm_wcache takes type 2
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# form TYPE SIZE CAPABILITIES CAPS START: what nvm0 shows
form()
{
	same "$1 t$1 $2 $5" "$(attr nvm0 type) $(attr nvm0 uid) $(attr nvm0 size) $(attr nvm0 start)" \
		"type, uid, size, start of type $1"
	same "$3" "$(attr nvm0 capabilities)" "capabilities of type $1"
	same "nvm:t${1}c$4" "$(attr nvm0 modalias)" "modalias of type $1"
	same "nvm:t${1}c$4" "$(sed -n 's/^MODALIAS=//p' $BUS/devices/nvm0/uevent)" "MODALIAS of type $1"
	same "$1" "$(sed -n 's/^NVM_TYPE=//p' $BUS/devices/nvm0/uevent)" "NVM_TYPE of type $1"
	same "nvm_fake none" "$(attr nvm0 lld) $(attr nvm0 persistence_domain)" "lld, persistence_domain"
}

unclaimed()
{
	same "unclaimed   0" "$(attr nvm0 state) $(attr nvm0 uld) $(attr nvm0 disk) $(attr nvm0 users)" \
		"state, uld, disk, users"
	[ ! -e $BUS/devices/nvm0/driver ] || fail "it has a driver"
	[ ! -e /sys/block/nvm0 ] || fail "it has a disk"
}

# type TYPE SIZE CAPABILITIES CAPS [CLAIMED]
type()
{
	local t=$1 place

	# where there is no memory, and where there is: with a claim
	for place in "" "$(at 16)"; do
		must sysfs_write $FAKE "desc t$t $place"
		settle
		same nvm0 "$(regions)" regions
		form "$t" "$2" "$3" "$4" "${place:-0x100000000000}"
		unclaimed
		if [ -n "$place" ]; then
			grep -qi "^ *$(printf '%x-%x' "$place" $((place + $5 - 1))) : nvm_fake" /proc/iomem ||
				fail "no claim: $(grep nvm_fake /proc/iomem)"
		fi
		# not by hand either
		must_fail ENODEV sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
		must_fail EEXIST sysfs_write $FAKE "desc t$t"
		unclaimed
		nvmctl list nvm0 >out || fail "nvmctl list: $(cat out)"
		must sysfs_write $FAKE "unregister t$t"
		settle
		same "" "$(regions)" "regions left"
		! grep nvm_fake /proc/iomem || fail "the claim was left"
	done
	ok "type $t"
}

at_exit nvm_unload
no_autoload
must modprobe nvm_fake
must modprobe nvm_pmem
mib=$((1 << 20))
type 2 $((64 * mib)) submit 0000000000000004 $((64 * mib))
type 3 $((64 * mib)) window 0000000000000008 $((4 * mib))
type 4 $((320 * mib)) submit 0000000000000004 $((64 * mib))
# all at once, beside one that nvm_pmem takes; lost and unloaded instead of unregistered
must sysfs_write $FAKE "desc t2 $(at 128)"
must sysfs_write $FAKE "desc t3 $(at 192)"
must sysfs_write $FAKE "desc t4 $(at 256)"
must sysfs_write $FAKE "add one $((4 * mib)) $(at 0)"
settle
same "unclaimed unclaimed unclaimed claimed" "$(cat $BUS/devices/*/state | xargs)" states
must sysfs_write $FAKE "lost t3"
same "nvm0 nvm2 nvm3" "$(regions | xargs)" regions
must sysfs_write $FAKE "desc t3 $(at 192)"
settle
# the ULD of type 2 takes what is there, and says why not what cannot be addressed
must modprobe nvm_wcache
settle
same nvm_wcache "$(attr nvm0 uld)" "who claims type 2"
must sysfs_write $FAKE "unregister t2"
must sysfs_write $FAKE "desc t2"
settle
same "unclaimed" "$(attr nvm0 state)" "type 2 where no memory can be"
grep -q 'nvm_wcache.*ERANGE' $BUS/devices/nvm0/declined || fail "declined: $(cat $BUS/devices/nvm0/declined)"
must sysfs_write $FAKE "unregister t2"
must sysfs_write $FAKE "desc t2 $(at 128)"
settle
# udev may still look at the former disk
wait_for 'rmmod nvm_wcache' 20
# the ULD comes and goes, they stay
must rmmod nvm_pmem
must modprobe nvm_pmem
settle
same "2 3 4" "$(grep -lx unclaimed $BUS/devices/*/state | sed 's/state$/type/' | xargs cat | sort | xargs)" \
	"types unclaimed"
must rmmod nvm_fake
settle
same "" "$(regions)" "regions left"
! grep nvm_fake /proc/iomem || fail "a claim was left"

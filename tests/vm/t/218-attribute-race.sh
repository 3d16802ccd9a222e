# proves: attributes are read while regions come, change and go
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_rival priority=-1
must modprobe nvm_pmem
must modprobe nvm_fake
must modprobe nvm_memmap
change()
{
	sysfs_write $P/add "4M@$(at 0),4M@$(at 8)" || fail add
	sysfs_write $FAKE "add f $((4 << 20)) $(at 16)" || fail "add f"
	sysfs_write $FAKE "ro f worn"
	sysfs_write $P/add "6M@$(at 0)"
	sysfs_write $BUS/devices/nvm0/driver_override nvm_rival
	sysfs_write $FAKE "poison f 4096 512"
	sysfs_write $FAKE "lost f" || fail "lost f"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sysfs_write $P/map $'\n' 2>/dev/null && break
		udevadm settle
	done
}

# Readers for as long as the changes take, in turns of two seconds or what that
# is on a slow kernel; until one of them met something that went.
rounds=0 missed=0
while [ "$rounds" -lt 5 ] || [ "$missed" -lt 1 ]; do
	read-tree $((2 * NVM_SCALE)) $BUS/devices >>reads &
	read-tree $((2 * NVM_SCALE)) $BUS/devices >>reads &
	change
	wait
	# a former disk of f may be open
	udev_settle || fail "udev does not settle"
	rounds=$((rounds + 1))
	read -r worked missed < <(awk '{ w += $2; m += $4 } END { print w, m }' reads)
done
cat reads
[ "$worked" -ge 200 ] || fail "only $worked reads"
settle

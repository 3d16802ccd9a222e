# proves: attributes are read while regions come, change and go
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

# readers for as long as the changes take, in turns of two seconds or what that is on a slow kernel
for _ in 1 2 3 4 5; do
	read-tree $((2 * NVM_SCALE)) $BUS/devices >>reads &
	read-tree $((2 * NVM_SCALE)) $BUS/devices >>reads &
	change
	wait
done
cat reads
# a reader that found nothing, or met nothing that went, proves nothing
read -r worked missed < <(awk '{ w += $2; m += $4 } END { print w, m }' reads)
if [ "$worked" -lt 200 ] || [ "$missed" -lt 1 ]; then
	fail "too few: $worked reads, $missed missed"
fi
settle

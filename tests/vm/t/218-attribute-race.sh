# proves: attributes are read while regions come, change and go
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_rival priority=-1
must modprobe nvm_pmem
must modprobe nvm_fake
must modprobe nvm_memmap
read-tree 8 $BUS/devices >reads &
read-tree 8 $BUS/devices >reads2 &
rounds=0
while [ -n "$(jobs -r)" ]; do
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
	rounds=$((rounds + 1))
done
wait
cat reads reads2
echo "$rounds rounds"
read -r _ worked _ missed <reads
if [ "$rounds" -lt 4 ] || [ "$worked" -lt 200 ] || [ "$missed" -lt 1 ]; then
	fail "too few: $rounds rounds, $worked reads, $missed missed"
fi
settle

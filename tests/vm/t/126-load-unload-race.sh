# proves: a write while the module comes or goes is ENODEV, and leaves nothing
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
# written to while it comes and goes, five times or more: a busy machine needs longer
rounds=0
while [ "$rounds" -lt 5 ] || [ -n "$(jobs -r)" ]; do
	if [ -z "$(jobs -r)" ]; then
		hammer 10 $P/map "4M@$(at 0)" $P/add "4M@$(at 16)" $P/map "" $P/map - >>out &
		hammer 10 $P/remove "4M@$(at 16)" $P/add "2M@$(at 32)" $P/last_error - >>out2 &
	fi
	modprobe nvm_memmap "map=4M@$(at 0)" || fail "cannot load"
	for _ in 1 2 3 4 5 6 7 8; do
		rmmod nvm_memmap 2>/dev/null && break
		sleep 0.05
	done
	rounds=$((rounds + 1))
done
wait
cat out out2
echo "$rounds rounds"
! grep -vE '^(ok|ENODEV|ENOENT|EBUSY|EEXIST|EINVAL) ' out out2 || fail "an error that should not be"
grep -q '^ok' out || fail "no write was taken"
udevadm settle
wait_for 'rmmod nvm_memmap 2>/dev/null; [ ! -e /sys/module/nvm_memmap ]' 30
same "" "$(regions)" regions
! grep nvm /proc/iomem || fail "a claim is left"

# proves: opens against removals: a write is done or undone as a whole, an opened disk works
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
lists=("4M@$(at 0),4M@$(at 16)" "8M@$(at 32)")
must modprobe nvm_pmem
must modprobe nvm_memmap "map=${lists[0]}"
settle
# without each of these outcomes it proves nothing; a busy machine needs longer
for n in 1 2 3 4 5 6 7 8; do
	map-race $((3 * NVM_SCALE)) "${lists[@]}" open >>out || fail "map-race"
	read -r worked busy opened < <(awk '{ w += $2; b += $4; o += $6 } END { print w, b, o }' out)
	[ "$worked" -lt 5 ] || [ "$busy" -lt 5 ] || [ "$opened" -lt 5 ] || break
done
cat out
if [ "$worked" -lt 5 ] || [ "$busy" -lt 5 ] || [ "$opened" -lt 5 ]; then
	fail "too few in $n rounds: done $worked, busy $busy, opened $opened"
fi
settle

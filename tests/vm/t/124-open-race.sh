# proves: opens against removals: a write is done or undone as a whole, an opened disk works
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
lists=("4M@$(at 0),4M@$(at 16)" "8M@$(at 32)")
must modprobe nvm_pmem
must modprobe nvm_memmap "map=${lists[0]}"
settle
map-race 6 "${lists[@]}" open >out || fail "map-race"
cat out
read -r _ worked _ busy _ opened _ refused <out
# without any of these it proves nothing
if [ "$worked" -lt 5 ] || [ "$busy" -lt 5 ] || [ "$opened" -lt 5 ]; then
	fail "too few: $(cat out), $refused refused"
fi
settle

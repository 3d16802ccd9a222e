# proves: map= on load makes the devices of the list, as a write does
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=8M@$(at 64),4M@$(at 0):ro=1,0x200000@$(at 32):uid=third"
settle
same "4M@$(at 0):ro=1,2M@$(at 32):uid=third,8M@$(at 64)" "$(cat $P/map)" map
same "nvm0 nvm1 nvm2" "$(regions | xargs)" regions
for n in 0 1 2; do
	same claimed "$(attr nvm$n state)" "state of nvm$n"
	[ -b "/dev/nvm$n" ] || fail "no disk nvm$n"
done
same "" "$(cat $P/last_error)" last_error

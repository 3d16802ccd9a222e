# proves: nvmctl adds, expands, waits for and removes regions, and its exit codes say so
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must_fail "not loaded" nvmctl add "4M@$(at 0)"
must modprobe nvm_memmap
must nvmctl add "4M@$(at 0)" "4M@$(at 16)" >out
# it waited for the claims, though udev had to load the ULD
same "claimed claimed" "$(cat $BUS/devices/*/state | xargs)" "states after add"
must nvmctl expand nvm0 8M
same "8M@$(at 0),4M@$(at 16)" "$(cat $P/map)" map
must nvmctl wait nvm0 nvm1
must_fail "cannot shrink" nvmctl expand nvm0 4M
must_fail EEXIST nvmctl add "4M@$(at 4)"
must nvmctl remove nvm1
must nvmctl wait --removed nvm1 --timeout $((5 * NVM_SCALE))
must_fail "not claimed within" nvmctl wait nvm1 --timeout 0.2
must_fail ENOENT nvmctl remove "4M@$(at 16)"
# in use: who it is
must mkfs.ext4 -q /dev/nvm0
must mkdir "m m"
must mount /dev/nvm0 "m m"
at_exit umount -q "$PWD/m m"
nvmctl remove nvm0 >out 2>&1 && fail "removed what is mounted"
grep -q "nvm0 is used by .*/m m ext4 (mount)" out || fail "who uses it: $(cat out)"
grep -q EBUSY out || fail "no errno: $(cat out)"
must umount "m m"
must nvmctl remove nvm0
same "" "$(regions)" regions

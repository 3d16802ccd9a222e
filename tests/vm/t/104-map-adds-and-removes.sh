# proves: map adds what is new and removes what is not named
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 32)"
settle
stays=$(stat -c %i /sys/bus/nvm/devices/nvm0/)
must sysfs_write $P/map "4M@$(at 64),4M@$(at 0)"
settle
same "4M@$(at 0),4M@$(at 64)" "$(cat $P/map)" map
same "$stays" "$(stat -c %i /sys/bus/nvm/devices/nvm0/)" "nvm0, by its inode"
! grep -q "$(printf '%x-' $((NVM_SS + (32 << 20))))" /proc/iomem ||
	fail "the removed device still has its addresses"
must sysfs_write $P/map "2M@$(at 128)"
settle
same "2M@$(at 128)" "$(cat $P/map)" map
same 1 "$(regions | wc -l)" "number of regions"
same 1 "$(grep -c nvm_memmap /proc/iomem)" "number of claims"

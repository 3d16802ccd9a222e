# proves: map leaves an equal device alone, with its users
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 32):ro=1"
settle
exec 9</dev/nvm0
events=$(cat /sys/bus/nvm/events)
stays=$(stat -c %i /sys/block/nvm[01]/ | xargs)
must sysfs_write $P/map "4M@$(at 0),4M@$(at 32):ro=1"
must sysfs_write $P/map "0x400000@$((NVM_SS + (32 << 20))):ro=1, 4096K@$(at 0):type=1"
must sysfs_write $P/add "4M@$(at 0)"
settle
same "$events" "$(cat /sys/bus/nvm/events)" "number of events"
same "$stays" "$(stat -c %i /sys/block/nvm[01]/ | xargs)" "the disks, by inode"
same 1 "$(attr nvm0 users)" users
same 4194304 "$(wc -c <&9)" "bytes read by who had it open"
exec 9<&-

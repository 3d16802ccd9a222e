# proves: remove takes away what matches exactly, and only that
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap \
	"map=4M@$(at 0),4M@$(at 8),4M@$(at 16):ro=1,4M@$(at 24):uid=x,4M@$(at 32)"
settle
must sysfs_write $P/remove "4M@$(at 8)"
same "4M@$(at 0),4M@$(at 16):ro=1,4M@$(at 24):uid=x,4M@$(at 32)" "$(cat $P/map)" map
[ ! -e /dev/nvm1 ] || fail "/dev/nvm1 is still there"
# options need not be given, those that are must be right
must sysfs_write $P/remove "4M@$(at 24):uid=x,0x400000@$((NVM_SS + (16 << 20)))"
same "4M@$(at 0),4M@$(at 32)" "$(cat $P/map)" map
must sysfs_write $P/add "4M@$(at 8)"
settle
same nvm1 "$(regions | sed -n 2p)" "the number that was free again"
must sysfs_write $P/remove "4M@$(at 0),4M@$(at 8),4M@$(at 32)"
same "" "$(cat $P/map)" map

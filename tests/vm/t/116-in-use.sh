# proves: a device in use is not removed: EBUSY, and it stays as it was
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=16M@$(at 0),16M@$(at 32)"
settle

# stays WHAT: nvm0 is used by WHAT
stays()
{
	must refused EBUSY map "16M@$(at 32)" "16M@$(at 0): nvm0 is in use"
	must refused EBUSY map $'\n' "nvm0 is in use"
	must refused EBUSY remove "16M@$(at 0)" "nvm0 is in use"
	# the one before it in the list was held already
	must refused EBUSY remove "16M@$(at 32),16M@$(at 0)" "nvm0 is in use"
	must dd if=/dev/nvm1 of=/dev/null bs=4k count=1 iflag=direct status=none
	must dd if=/dev/nvm0 of=/dev/null bs=4k count=1 iflag=direct status=none
	ok "$1"
}

exec 9</dev/nvm0
stays "an open"
exec 9<&-
must mkfs.ext4 -q /dev/nvm0
must mkdir m
must mount /dev/nvm0 m
at_exit umount -q m
stays "a mount"
must umount m
must mkswap -q /dev/nvm0
must swapon /dev/nvm0
stays "swap"
must swapoff /dev/nvm0
must dmsetup create nvm-test --table "0 2048 linear /dev/nvm0 0"
stays "device mapper"
must dmsetup remove nvm-test
must addpart /dev/nvm0 1 2048 8192
settle
wait_for '[ -b /dev/nvm0p1 ]' 30
exec 9</dev/nvm0p1
stays "a partition"
exec 9<&-
settle
must sysfs_write $P/map "16M@$(at 32)"
same "16M@$(at 32)" "$(cat $P/map)" map

# proves: a disk has names by id, path, uuid and label, which outlive removal and other order
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=16M@$(at 0):uid=red,16M@$(at 32):uid=blue"
settle
uuid=6f1b2b7e-29f1-4bb2-9c1d-0d2f7a3c9e55
must mkfs.ext4 -q -U $uuid -L nvm-label /dev/nvm1
# names DISK UID ADDRESS
names()
{
	local link

	for link in by-id/nvm-"$2" by-path/nvm-nvm_memmap-"$3"; do
		wait_for "[ /dev/disk/$link -ef /dev/$1 ]" 30
	done
}
# where the file system is
found()
{
	wait_for "[ /dev/disk/by-uuid/$uuid -ef /dev/$1 ]" 30
	wait_for "[ /dev/disk/by-label/nvm-label -ef /dev/$1 ]" 30
}

names nvm0 red "$(at 0)"
names nvm1 blue "$(at 32)"
found nvm1
settle
must sysfs_write $P/map $'\n'
udevadm settle
[ ! -e /dev/disk/by-id/nvm-blue ] || fail "a name of what went"
[ ! -e /dev/disk/by-uuid/$uuid ] || fail "a uuid of what went"
# now the other one comes first
must sysfs_write $P/add "16M@$(at 32):uid=blue"
must sysfs_write $P/add "16M@$(at 0):uid=red"
settle
names nvm0 blue "$(at 32)"
names nvm1 red "$(at 0)"
found nvm0
# and a partition
must addpart /dev/nvm1 1 2048 8192
wait_for '[ /dev/disk/by-id/nvm-red-part1 -ef /dev/nvm1p1 ]' 30
settle

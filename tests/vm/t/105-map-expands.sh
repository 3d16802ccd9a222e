# proves: map expands a device in place, live, while it is open and mounted
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=16M@$(at 0),4M@$(at 64)"
settle
must mkfs.ext4 -q /dev/nvm0
settle
must mkdir m
must mount /dev/nvm0 m
at_exit umount m
echo kept >m/file
sync m/file
exec 9</dev/nvm1
stays=$(stat -c %i /sys/bus/nvm/devices/nvm[01]/ | xargs)
must sysfs_write $P/map "32M@$(at 0),12M@$(at 64)"
same "32M@$(at 0),12M@$(at 64)" "$(cat $P/map)" map
same $((32 << 20)) "$(attr nvm0 size)" "size of the region"
same $((32 << 11)) "$(cat /sys/block/nvm0/size)" "sectors of the disk"
same $((12 << 11)) "$(cat /sys/block/nvm1/size)" "sectors of the open disk"
same "$stays" "$(stat -c %i /sys/bus/nvm/devices/nvm[01]/ | xargs)" "the regions, by inode"
same kept "$(cat m/file)" "what the file has"
# the tail is memory
must dd if=/dev/urandom of=tail bs=1M count=8 status=none
must dd if=tail of=/dev/nvm1 bs=1M seek=4 oflag=direct status=none
must dd if=/dev/nvm1 of=back bs=1M skip=4 iflag=direct status=none
must cmp tail back
exec 9<&-
# once more, and by add
must sysfs_write $P/add "48M@$(at 0)"
same $((48 << 11)) "$(cat /sys/block/nvm0/size)" "sectors of the disk"
must resize2fs /dev/nvm0
same kept "$(cat m/file)" "what the file has"
same 2 "$(grep -c nvm_memmap /proc/iomem)" "number of claims"
settle

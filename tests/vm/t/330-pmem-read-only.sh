# proves: nothing can write to a region that was found read-only, and it can be mounted and read
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 16M
put_fs ext4 /mnt/a
echo hello >/mnt/a/file
must umount /mnt/a
# udev looks at what was written
settle
must rmmod nvm_memmap
must modprobe nvm_memmap "map=16M@$NVM_SS:ro=1"
disk_up
same 1 "$(<$REGION/read_only)" "read_only"
[ -n "$(<$REGION/read_only_reason)" ] || fail "no reason is given"
same 1 "$(blockdev --getro "$DISK")" "blockdev --getro"
sum=$(sha256sum "$DISK")
must_fail EPERM write_at 0 4096
must_fail EPERM dd if=/dev/zero of="$DISK" bs=512 count=1 conv=fsync status=none
must_fail - blkdiscard -z "$DISK"
must_fail write-protected mount -w "$DISK" /mnt/a
must mount -o ro,dax=always "$DISK" /mnt/a
at_exit eval '! mountpoint -q /mnt/a || umount /mnt/a'
same hello "$(</mnt/a/file)"
must_fail EROFS touch /mnt/a/new
must umount /mnt/a
# the block layer's own switch does not arm it
blockdev --setrw "$DISK"
same 1 "$(blockdev --getro "$DISK")" "blockdev --getro after --setrw"
must_fail EPERM write_at 0 4096
same "$sum" "$(sha256sum "$DISK")" "contents"

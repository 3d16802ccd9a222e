# proves: a flush that fails reaches whoever waits for it: fsync, O_DSYNC and a file system's fsync get EIO
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

synced() { dd if=/dev/zero of="$1" bs=4k count=1 oflag="$2" conv=notrunc status=none; }

fake_up 64M 3
must synced "$DISK" direct,dsync
must fake flushes a 5
must synced "$DISK" direct
must_fail EIO synced "$DISK" direct,dsync
must_fail EIO dd if=/dev/zero of="$DISK" bs=4k count=1 oflag=direct conv=fsync status=none
must fake flushes a 0
put_fs ext4 /mnt/a
must synced /mnt/a/f dsync
must fake flushes a 5
must_fail EIO dd if=/dev/zero of=/mnt/a/f bs=4k count=1 conv=fsync status=none
umount /mnt/a
must fake flushes a 0
# whoever opens a disk is told of an error there that nobody has heard of yet
blockdev --flushbufs "$DISK"
synced "$DISK" direct,dsync 2>/dev/null
must synced "$DISK" direct,dsync

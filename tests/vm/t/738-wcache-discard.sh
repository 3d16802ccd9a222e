# proves: what is discarded before it was written back is not written, nothing else is lost, and a file system that discards keeps its files
# timeout: 180
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 320M:write_ns=20000 32
random_file old 4
put_file old
must sync "$DISK"
must turn write_ns 1000000000
random_file new 4
put_file new
same $((4 * MIB)) "$(count dirty)" "dirty before"
must blkdiscard -o 1M -l 1M "$DISK"
# parts of blocks stay
must blkdiscard -o $((3 * MIB + 512)) -l 7680 "$DISK"
same $((3 * MIB - 4096)) "$(count dirty)" "dirty afterwards"
must turn write_ns 20000
must sync "$DISK"
dd if=old of=new bs=1M skip=1 seek=1 count=1 conv=notrunc status=none
dd if=old of=new bs=4k skip=769 seek=769 count=1 conv=notrunc status=none
holds new || fail "other data behind the cache"
medium_holds new
hand_to nvm_wcache
# under a file system that discards what it frees, while it is written back
put_fs_on ext4 /mnt/a discard
for n in 1 2 3 4 5 6; do
	must dd if=/dev/urandom of=/mnt/a/kept$n bs=64k count=32 status=none
	must dd if=/dev/urandom of=/mnt/a/gone$n bs=64k count=128 status=none
	sync -f /mnt/a
	must rm /mnt/a/gone$n
	must fstrim /mnt/a
done
(cd /mnt/a && sha256sum kept*) >sums
must umount /mnt/a
hand_to nvm_raw
fs_is_whole ext4
must mount -o ro "$DISK" /mnt/a
(cd /mnt/a && must sha256sum --quiet -c "$OLDPWD/sums")
must umount /mnt/a

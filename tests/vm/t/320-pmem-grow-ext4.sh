# proves: a mounted ext4 grows in steps under I/O that verifies itself, and no byte is lost
# timeout: 120
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

blocks() { stat -f -c %b /mnt/a; }

memmap_up 64M
put_fs ext4 /mnt/a
must dd if=/dev/urandom of=/mnt/a/old bs=1M count=4 status=none
sum=$(sha256sum </mnt/a/old)
fio_run verify --directory=/mnt/a --rw=randwrite --bs=4k --size=8M --ioengine=psync --direct=1 \
	--verify=crc32c --verify_backlog=64 --do_verify=1 --verify_fatal=1 \
	--time_based --runtime=600 --trigger-file=stop &
fio=$!
wait_for '[ -s /mnt/a/verify.0.0 ]' 20
have=$(blocks)
for mib in 96 128 200 256; do
	must sysfs_write $MEMMAP/add "${mib}M@$NVM_SS"
	same $((mib * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
	same $((mib * MIB)) "$(<$REGION/size)" "size of the region"
	must resize2fs "$DISK" >/dev/null 2>&1
	now=$(blocks)
	[ "$now" -gt "$have" ] || fail "the file system has $now blocks after $mib MiB, had $have"
	have=$now
	must kill -0 $fio
done
touch stop
must wait $fio
# the new room can be used and holds what is put there
must fallocate -l 180M /mnt/a/new
mapper_up /mnt/a/new $((180 * 256))
mapper_down
must umount /mnt/a
must e2fsck -fn "$DISK" >/dev/null
must mount_dax /mnt/a
same "$sum" "$(sha256sum </mnt/a/old)" "the file from before"
mapper_up -k /mnt/a/new $((180 * 256))
same old "$(ask v)" "the file from afterwards"
mapper_down
must umount /mnt/a

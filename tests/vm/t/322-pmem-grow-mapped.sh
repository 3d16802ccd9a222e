# proves: a DAX mapping goes on, with its contents, while the region grows under it
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
put_fs ext4 /mnt/a
must fallocate -l 16M /mnt/a/f
mapper_up /mnt/a/f 4096
for mib in 96 160 256; do
	must sysfs_write $MEMMAP/add "${mib}M@$NVM_SS"
	must resize2fs "$DISK" >/dev/null 2>&1
	same old "$(ask v)" "the mapping at $mib MiB"
done
same "done" "$(ask w)" "a store"
same "done" "$(ask s)" "msync"
same nvM "$(head -c 3 /mnt/a/f)" "the file"
# the new room is mapped as well as the old
must fallocate -l 180M /mnt/a/g
mapper_down
mapper_up /mnt/a/g $((180 * 256))
same old "$(ask v)" "a mapping in the new room"
mapper_down
must umount /mnt/a
must mount_fs /mnt/a
mapper_up -k /mnt/a/g $((180 * 256))
same old "$(ask v)" "it after a remount"
mapper_down
must umount /mnt/a

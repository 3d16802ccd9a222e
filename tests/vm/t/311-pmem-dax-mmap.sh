# proves: what was stored through a DAX mapping and msynced is there after a remount (ext4, xfs)
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

round()
{
	put_fs "$1" /mnt/a
	must fallocate -l 4M /mnt/a/f
	mapper_up /mnt/a/f 1024
	same old "$(ask v)" "$1: the mapping"
	same "done" "$(ask s)" "$1: msync"
	# through the file too: they share the memory
	same "NvM page 7" "$(dd if=/mnt/a/f bs=4k skip=7 count=1 status=none | head -c 10)"
	mapper_down
	must umount /mnt/a
	must mount_fs /mnt/a
	mapper_up -k /mnt/a/f 1024
	same old "$(ask v)" "$1: the mapping after a remount"
	mapper_down
	must umount /mnt/a
	ok "$1"
}

memmap_up 320M
round ext4
round xfs

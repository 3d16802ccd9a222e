# proves: MAP_SYNC mappings work on memory that a fence makes durable (ext4, xfs)
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

round()
{
	put_fs "$1" /mnt/a
	must fallocate -l 1M /mnt/a/f
	mapper_up -s /mnt/a/f 16
	same old "$(ask v)" "$1: the mapping"
	grep -A 30 /mnt/a/f "/proc/$MAPPER/smaps" | grep -q '^VmFlags:.* sf ' ||
		fail "$1: the mapping is not synchronous"
	mapper_down
	must umount /mnt/a
	ok "$1"
}

memmap_up 320M
round ext4
round xfs

# proves: a DAX mapping of aligned extents is made of huge pages (ext4, xfs)
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

T=/sys/kernel/tracing

round()
{
	put_fs "$@"
	must fallocate -l 16M /mnt/a/f
	: >$T/trace
	mapper_up /mnt/a/f 4096
	same old "$(ask v)" "$1: the mapping"
	mapper_down
	same 8 "$(grep -c 'dax_pmd_fault_done:.*WRITE.*NOPAGE' $T/trace)" "$1: huge pages in 16 MiB"
	must umount /mnt/a
	ok "$1"
}

must sysfs_write $T/events/fs_dax/enable 1
at_exit sysfs_write $T/events/fs_dax/enable 0
memmap_up 320M
round ext4 /mnt/a -E stride=512,stripe_width=512
round xfs /mnt/a -d su=2m,sw=1,agcount=2

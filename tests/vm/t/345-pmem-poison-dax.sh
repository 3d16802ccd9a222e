# proves: a DAX file over poison gives EIO by read and SIGBUS by mapping, elsewhere it is whole, and overwriting heals it (ext4, xfs)
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# first_byte FILE: where its first block lies on the disk
first_byte()
{
	filefrag -b512 -v "$1" | awk '$1 == "0:" { sub(/\.\..*/, "", $4); print $4 * 512 }'
}

round()
{
	local at

	put_fs "$1" /mnt/a
	must fallocate -l 64k /mnt/a/f
	mapper_up /mnt/a/f 16
	must ask s
	mapper_down
	at=$(first_byte /mnt/a/f)
	# nobody has it mapped or in use when it goes bad
	must umount /mnt/a
	must fake poison a $((at + 4096)) 4096
	must mount_fs /mnt/a
	badblocks_are "$((at / 512 + 8)) 8"
	must_fail EIO dd if=/mnt/a/f of=/dev/null bs=4k skip=1 count=1 status=none
	must dd if=/mnt/a/f of=/dev/null bs=4k count=1 status=none
	must dd if=/mnt/a/f of=/dev/null bs=4k skip=2 count=14 status=none
	mapper_up -k /mnt/a/f 16
	same old "$(ask r)" "$1: the page before"
	same SIGBUS "$(ask x)" "$1: the poisoned page"
	mapper_down
	printf 'NvM page 1' >page
	truncate -s 4096 page
	must dd if=page of=/mnt/a/f bs=4k seek=1 conv=notrunc status=none
	badblocks_are ""
	mapper_up -k /mnt/a/f 16
	same old "$(ask v)" "$1: all pages once overwritten"
	mapper_down
	must umount /mnt/a
	ok "$1"
}

fake_up 320M
round ext4
round xfs

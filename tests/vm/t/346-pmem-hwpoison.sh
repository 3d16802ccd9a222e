# proves: memory failure under a DAX mapping is SIGBUS for the process, is listed, and is healed by a block write (ext4, xfs)
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

round()
{
	put_fs "$1" /mnt/a
	must fallocate -l 64k /mnt/a/f
	mapper_up /mnt/a/f 16
	ask s >answer
	ask p >answer
	diag "$1: MADV_HWPOISON: $(<answer)"
	same SIGBUS "$(ask x)" "$1: the page after"
	same old "$(ask r)" "$1: its neighbour"
	read -r bad n <$REGION/badblocks
	same 8 "$n" "$1: sectors listed"
	badblocks_are "$bad 8"
	mapper_down
	must umount /mnt/a
	must_fail EIO read_at $((bad * 512)) 512
	# a part of the page cannot bring it back
	must_fail EIO write_at $((bad * 512)) 512
	must write_at $((bad * 512)) 4096
	badblocks_are ""
	must read_at $((bad * 512)) 4096
	must mount_fs /mnt/a
	mapper_up -k /mnt/a/f 16
	same other "$(ask x)" "$1: the healed page"
	same old "$(ask r)" "$1: its neighbour"
	mapper_down
	must umount /mnt/a
	ok "$1"
}

grep -q HardwareCorrupted /proc/meminfo || skip "no memory failure in this kernel"
fake_up 320M
round ext4
round xfs

# proves: files on ext4 and xfs mounted with dax=always are there after a remount, read with DAX or without
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# is_dax FILE: STATX_ATTR_DAX
is_dax() { [ $(($(xfs_io -c 'statx -r' "$1" | sed -n 's/^stat.attributes = //p') & 0x200000)) != 0 ]; }

round()
{
	put_fs "$1" /mnt/a
	mkdir /mnt/a/d
	for n in 1 4095 4096 100000 3000000; do
		must dd if=/dev/urandom of="/mnt/a/d/$n" bs="$n" count=1 iflag=fullblock status=none
	done
	is_dax /mnt/a/d/1 || fail "$1: the file is not DAX"
	# a hole and an unaligned rewrite
	must dd if=/dev/urandom of=/mnt/a/d/hole bs=1000 count=3 seek=1111 status=none
	must dd if=/dev/urandom of=/mnt/a/d/100000 bs=777 count=9 seek=5 conv=notrunc status=none
	(cd /mnt/a && sha256sum d/* >/run/nvm-test/scratch/sums)
	must umount /mnt/a
	must mount_fs /mnt/a
	(cd /mnt/a && must sha256sum --quiet -c /run/nvm-test/scratch/sums)
	must umount /mnt/a
	case $1 in
	ext4) must e2fsck -fn "$DISK" ;;
	xfs) must xfs_repair -n "$DISK" 2>/dev/null ;;
	esac >/dev/null
	must mount "$DISK" /mnt/a
	is_dax /mnt/a/d/1 && fail "$1: the file is DAX without the option"
	(cd /mnt/a && must sha256sum --quiet -c /run/nvm-test/scratch/sums)
	must umount /mnt/a
	ok "$1"
}

memmap_up 320M
round ext4
round xfs

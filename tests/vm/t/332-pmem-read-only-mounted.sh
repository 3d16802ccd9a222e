# proves: a mounted file system gets errors once the region is read-only, and what it had synced stays
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# metadata only: of data that it cannot zero xfs on 6.1 dumps its stack
sync_new() { mkdir "$1" && sync "$1"; }

round()
{
	put_fs "$1" /mnt/a
	echo kept >/mnt/a/kept
	must sync -f /mnt/a
	must fake ro a spare blocks are used up
	must_fail EIO sync_new /mnt/a/new
	must_fail - mkdir /mnt/a/other
	must umount /mnt/a
	must fake armed a
	must mount_fs /mnt/a
	same kept "$(</mnt/a/kept)" "$1: the old file once armed"
	must touch /mnt/a/newer
	must umount /mnt/a
	ok "$1"
}

fake_up 320M
round ext4
round xfs

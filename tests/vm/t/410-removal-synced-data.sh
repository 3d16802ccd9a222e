# proves: what was written before a live unregister is there when the memory is added again, also what was not yet synced
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

round()
{
	put_fs "$1" /mnt/a
	must dd if=/dev/urandom of=/mnt/a/synced bs=64k count=16 conv=fsync status=none
	must dd if=/dev/urandom of=/mnt/a/unsynced bs=64k count=16 status=none
	(cd /mnt/a && sha256sum synced unsynced >/run/nvm-test/scratch/sums)
	must fake unregister a
	must umount /mnt/a
	nothing_left
	fake_add 320M
	must mount_fs /mnt/a
	(cd /mnt/a && must sha256sum --quiet -c /run/nvm-test/scratch/sums)
	must umount /mnt/a
	ok "$1"
}

fake_up 320M
round ext4
round xfs

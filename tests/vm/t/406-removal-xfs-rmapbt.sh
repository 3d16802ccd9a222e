# proves: xfs with rmapbt, which looks up who owns what is lost, survives its memory going from under mount, mappings and open files
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# one file in each AG: a new directory goes to the next one
fill()
{
	local d

	for d in d0 d1; do
		must mkdir /mnt/a/$d
		# written: a hole or a fallocated block reads without the memory
		must dd if=/dev/zero of=/mnt/a/$d/f bs=1M count=4 status=none
	done
	for d in 0 1; do
		xfs_io -rc 'bmap -v' /mnt/a/d0/f /mnt/a/d1/f |
			awk -v ag=$d '$1 == "0:" && $4 == ag { found = 1 } END { exit !found }' ||
			fail "no file is in AG $d"
	done
}

# round HOW
round()
{
	local how=$1

	fake_up 320M
	put_fs xfs /mnt/a -m rmapbt=1 -d agcount=2
	fill
	# all headers and trees are in the cache, so the walk needs no I/O
	must umount /mnt/a
	must mount_fs /mnt/a
	must sync -f /mnt/a
	must xfs_io -rc 'fsmap' /mnt/a >/dev/null
	mapper_up /mnt/a/d1/f 1024
	must cat /mnt/a/d0/f /mnt/a/d1/f >/dev/null
	exec 7</mnt/a/d0/f
	take_away_used "$how"
	ok "$how"
}

# what is loaded and cached at first stays, and is no leak
for how in unregister unbind; do
	round "$how"
done
footprint >before
for how in unregister unbind unregister unbind; do
	round "$how"
done
footprint >after
# the struct pages of one round are 5 MiB
no_leak before after

# proves: xfs with rmapbt passes poison on: who has the bad block mapped and asked for it gets SIGBUS at once; for metadata it shuts down; other files live on
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# first_byte FILE: where its first block lies on the disk
first_byte()
{
	filefrag -b512 -v "$1" | awk '$1 == "0:" { sub(/\.\..*/, "", $4); print $4 * 512 }'
}

# A process that has a page of a file mapped, and waits. It asks to be told
# early, by prctl(PR_MCE_KILL): others meet the poison when they touch it. It
# does nothing about SIGBUS; mapper.c expects that at loads and stores only.
cat >waiter.py <<'PY'
import ctypes, mmap, os, sys, time
if ctypes.CDLL(None).prctl(33, 1, 1, 0, 0):
    sys.exit("PR_MCE_KILL")
fd = os.open(sys.argv[1], os.O_RDWR)
memory = mmap.mmap(fd, 4096, offset=int(sys.argv[2]) * 4096)
if memory[:10] != b"NvM page %s" % sys.argv[2].encode():
    sys.exit("not what was written")
open(sys.argv[3], "w").close()
time.sleep(60)
PY

# waiter_up FILE PAGE: its process ID in WAITER
waiter_up()
{
	rm -f "ready$2"
	python3 -IS waiter.py "$1" "$2" "ready$2" &
	WAITER=$!
	at_exit eval "kill $WAITER 2>/dev/null; :"
	wait_for "[ -e ready$2 ]" 20
}

fake_up 320M
put_fs xfs /mnt/a -m rmapbt=1
for file in f g; do
	must fallocate -l 32k /mnt/a/$file
	mapper_up /mnt/a/$file 8
	same "done" "$(ask s)" "msync"
	mapper_down
done
at=$(first_byte /mnt/a/f)
waiter_up /mnt/a/f 2
other=$WAITER
waiter_up /mnt/a/f 1
hit=$WAITER
must fake poison a $((at + 4096)) 4096
# at once: it does not touch the page again
wait "$hit"
rc=$?
same $((128 + $(kill -l BUS))) $rc "exit code of the process that has the bad page mapped"
must kill -0 "$other"
badblocks_are "$((at / 512 + 8)) 8"
# the file system is up; only that page is bad
must_fail EIO dd if=/mnt/a/f of=/dev/null bs=4k skip=1 count=1 status=none
mapper_up -k /mnt/a/f 8
same old "$(ask r)" "the page before"
same SIGBUS "$(ask x)" "the bad page"
mapper_down
must kill "$other"
printf 'NvM page 1' >page
truncate -s 4096 page
must dd if=page of=/mnt/a/f bs=4k seek=1 conv=notrunc status=none
badblocks_are ""
for file in f g; do
	mapper_up -k /mnt/a/$file 8
	same old "$(ask v)" "all pages of $file"
	mapper_down
done
forbid_log 'XFS.*([Ss]hutdown|[Ss]hutting)'
ok "data"

# the root inode's AG header, mapped by nobody
waiter_up /mnt/a/g 1
must fake poison a 0 4096
expect_log 'XFS.*(Shutting down|shut down|Shutdown)'
must_fail EIO dd if=/dev/zero of=/mnt/a/h bs=4k count=1 status=none
must_fail EIO dd if=/mnt/a/g of=/dev/null bs=4k count=1 status=none
must kill "$WAITER"
wait "$WAITER"
must umount /mnt/a
must write_at 0 4096
badblocks_are ""
ok "metadata"

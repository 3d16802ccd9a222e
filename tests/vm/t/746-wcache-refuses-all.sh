# proves: when the medium refuses everything writers go on as long as there is room and get EIO then, nobody waits for ever, all that was acknowledged is read, and once it works again all is written
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fake_medium_up 1
must fake commands t2 refused
cat >fill.py <<'PY'
import errno, mmap, os, sys
disk = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, 4096)
acked = []
for n in range(1024):
    page[:] = b"%08d" % n * 512
    try:
        os.pwrite(disk, page, n * 4096)
        acked.append(n)
    except OSError as e:
        assert e.errno == errno.EIO, e
for n in acked:
    os.preadv(disk, [page], n * 4096)
    assert page[:] == b"%08d" % n * 512, n
print(*acked, file=open("acked", "w"), sep="\n")
PY
must python3 fill.py
n=$(wc -l <acked)
diag "$n of 1024 writes were acknowledged"
[ "$n" -gt 128 ] || fail "only $n writes for 256 slots"
[ "$n" -lt 1024 ] || fail "no write failed"
must_fail EIO sync "$DISK"
same $((n * 4096)) "$(count failed)" "refused"
must fake commands t2 taken
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
hand_to nvm_raw
must python3 - <<'PY'
import os
disk = os.open("/dev/nvm0", os.O_RDONLY)
for n in map(int, open("acked")):
    assert os.pread(disk, 4096, n * 4096) == b"%08d" % n * 512, n
PY

# proves: with RWF_NOWAIT a poisoned read is EIO at once, and a write that would have to clear poison is EAGAIN
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M
must fake poison a 8192 4096
must python3 - <<'PY'
import errno, mmap, os
fd = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, 4096)
def err(call, *args):
    try:
        call(*args)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "done"
assert (have := err(os.preadv, fd, [page], 8192, os.RWF_NOWAIT)) == "EIO", have
assert (have := err(os.pwritev, fd, [page], 8192, os.RWF_NOWAIT)) == "EAGAIN", have
assert (have := err(os.preadv, fd, [page], 0, os.RWF_NOWAIT)) == "done", have
assert (have := err(os.preadv, fd, [page], 8192)) == "EIO", have
assert (have := err(os.pwritev, fd, [page], 8192)) == "done", have
assert (have := err(os.preadv, fd, [page], 8192, os.RWF_NOWAIT)) == "done", have
PY
badblocks_are ""

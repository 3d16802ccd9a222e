# proves: reads, writes, flushes and discards that must not wait end in EAGAIN instead, done again they succeed, and io_uring gets all data right
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# so slow that whoever writes, on whatever host, is faster
wcache_up 64M:write_ns=20000000:depth=2 1
must python3 - <<'PY'
import errno, mmap, os, random
fd = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, 4096)
again = {"read": 0, "write": 0, "flush": 0}
def twice(what, call, flags):
    """without waiting, else with"""
    try:
        return call(flags | os.RWF_NOWAIT)
    except OSError as e:
        assert e.errno == errno.EAGAIN, e
        again[what] += 1
        return call(flags)
def write(n, at, flags=0, what="write"):
    page[:] = b"%08d" % n * 512
    assert twice(what, lambda f: os.pwritev(fd, [page], at * 4096, f), flags) == 4096
want = {}
for n in range(2000):
    at = random.randrange(1024)
    write(n, at)
    want[at] = n
    if n % 4 == 0:
        at = random.choice(list(want))
        assert twice("read", lambda f: os.preadv(fd, [page], at * 4096, f), 0) == 4096
        assert page[:] == b"%08d" % want[at] * 512, at
for n in range(8):
    write(n, n, os.RWF_DSYNC, "flush")
print("# EAGAIN:", again)
assert again["write"] and again["flush"] == 8
PY
# a discard, of which the device is to be told: 6.1 has no way to ask for one without waiting
cat >discard.py <<'PY'
import ctypes, mmap, os, struct, sys
SETUP, ENTER, SQES = 425, 426, 0x10000000
URING_CMD, DISCARD = 46, 0x1200
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    ret = libc.syscall(*map(ctypes.c_long, args))
    if ret < 0:
        sys.exit("io_uring: " + os.strerror(ctypes.get_errno()))
    return ret
params = ctypes.create_string_buffer(120)
ring = call(SETUP, 1, ctypes.addressof(params))
sq, cq = struct.unpack_from("10I", params, 40), struct.unpack_from("10I", params, 80)
mem, sqe = mmap.mmap(ring, 4096), mmap.mmap(ring, 4096, offset=SQES)
disk = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
struct.pack_into("BBHiQQIIQHHiQQ", sqe, 0, URING_CMD, 0, 0, disk, DISCARD, 0, 0, 0, 7, 0, 0, 0, 1 << 20, 0)
struct.pack_into("I", mem, sq[6], 0)
struct.pack_into("I", mem, sq[1], 1)
call(ENTER, ring, 1, 0, 0, 0, 0)
ended = struct.unpack_from("I", mem, cq[1])[0]
call(ENTER, ring, 0, 1, 1, 0, 0)
result = struct.unpack_from("Qi", mem, cq[5])
assert result == (7, 0), result
assert not ended, "who asked for a discard waited for it"
PY
if [ "$(uname -r | cut -d. -f-2)" != 6.1 ]; then
	must sync "$DISK"
	must turn write_ns 1000000000
	before=$(count discarded)
	must python3 discard.py
	same 256 $(($(count discarded) - before)) "blocks discarded"
fi
must turn write_ns 20000
fio_verify uring --ioengine=io_uring --rw=randwrite --bs=4k --iodepth=16 --size=24M --io_size=8M
fio_verify uring-fsync --ioengine=io_uring --rw=randwrite --bsrange=512-64k --bs_unaligned=0 --iodepth=8 --size=16M \
	--fsync=16
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"

# proves: what lies between blocks that are discarded is what was written, whatever is undefined around a command, while it is read, written, written back and flushed
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

cat >beside.py <<'PY'
import fcntl, mmap, os, random, struct, sys
PAIRS, WRITERS, DISCARDS, STEPS = 1024, 3, 1000, 2500
seed = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
# each process has its own
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE)
def holds(at, n):
    os.preadv(disk, [page], at * 4096)
    assert page[:] == b"%016d" % n * 256, "block %d has %s, not %d" % (at, page[:16], n)
def discards():
    for _ in range(DISCARDS):
        at = 2 * random.randrange(PAIRS) + 1
        fcntl.ioctl(disk, 0x1277, struct.pack("QQ", at * 4096, 4096))
def writes(mine):
    have = {}
    for n in range(STEPS):
        at = 2 * (random.randrange(PAIRS // WRITERS) * WRITERS + mine)
        if at in have and random.random() < 0.5:
            holds(at, have[at])
        else:
            page[:] = b"%016d" % n * 256
            os.pwritev(disk, [page], at * 4096)
            have[at] = n
        if n % 64 == 0:
            os.fsync(disk)
    for at, n in have.items():
        holds(at, n)
    with open("have%d" % mine, "w") as file:
        file.writelines("%d %d\n" % pair for pair in have.items())
tasks = [lambda mine=mine: writes(mine) for mine in range(WRITERS)] + [discards, discards]
for i, task in enumerate(tasks):
    if not os.fork():
        random.seed(seed + i)
        try:
            task()
        except BaseException as e:
            print("#", e, flush=True)
            os._exit(1)
        os._exit(0)
sys.exit(any(os.wait()[1] for _ in tasks))
PY
cat >check.py <<'PY'
import os
disk = os.open("/dev/nvm0", os.O_RDONLY)
for mine in range(3):
    for at, n in (map(int, line.split()) for line in open("have%d" % mine)):
        assert os.pread(disk, 4096, at * 4096) == b"%016d" % n * 256, at
PY
seed=${NVM_SEED:-$RANDOM}
diag "NVM_SEED=$seed"
wcache_up 64M:write_ns=20000:busy_unit=16K:buffer=64K 1
must python3 beside.py "$seed"
diag "$(count discarded) blocks discarded, $(count runs) runs, $(count fills) fills"
same 2000 "$(count discarded)" "blocks discarded"
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
must python3 check.py
hand_to nvm_raw
must python3 check.py

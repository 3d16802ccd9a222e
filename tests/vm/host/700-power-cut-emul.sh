# proves: after each power cut every write unit of an emulated device of type 2 is old or new, whole, and what was flushed is there, buffer or not
# kernels: either
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2034,SC2154
. "$here/host/lib-power-cut.sh"

# Number N is a content of its own for four areas of 16 blocks, which many
# numbers share, one after the other.
cat >areas.py <<'PY'
import hashlib
PLACES, AREAS, BLOCKS = 31, 4, 16
def digest(n):
    return hashlib.sha256(b"%d" % n).digest()
def place(n, area):
    return (area * PLACES + n % PLACES) * BLOCKS * 4096
PY
# All four at once, in commands that overlap; then a flush.
cat >writer <<'PY'
import mmap, os, sys
from concurrent.futures import ThreadPoolExecutor
from areas import AREAS, BLOCKS, digest, place
first = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, BLOCKS * 4096)
with ThreadPoolExecutor(AREAS) as pool:
    for n in range(first, first + 100000):
        page[:] = digest(n) * 128 * BLOCKS
        list(pool.map(lambda area: os.pwrite(disk, page, place(n, area)), range(AREAS)))
        os.fsync(disk)
        print("acked", n, flush=True)
PY
# One number was in flight at most: of it there may be any blocks, each whole.
cat >checker <<'PY'
import os, sys
from areas import AREAS, BLOCKS, PLACES, digest, place
last = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDONLY)
known = {digest(n): n for n in range(last + 20 * PLACES)}
known[bytes(32)] = -1
def blocks(p):
    for area in range(AREAS):
        data = os.pread(disk, BLOCKS * 4096, place(p, area))
        for i in range(0, len(data), 4096):
            block = data[i:i + 4096]
            yield known.get(block[:32]) if block == block[:32] * 128 else None
held = [list(blocks(p)) for p in range(PLACES)]
high = max([last] + [min(h) for h in held if None not in h])
bad = []
for p in range(PLACES):
    newest = high - (high - p) % PLACES if high >= p else -1
    may = {newest, high + 1} if p == (high + 1) % PLACES else {newest}
    bad += ["block %d of place %d holds %s, not %d" % (i, p, h, newest)
            for i, h in enumerate(held[p]) if h not in may]
print("\n".join(bad[:20]) or high)
sys.exit(bool(bad))
PY

files+=(areas.py)
element='$NVM_SIZE@$NVM_SS:type=2:write_ns=2000000:jitter=50:bw=200:buffer=1M:lose=1'
# udev would load the ULD with the cache
load='echo blacklist nvm_wcache >/etc/modprobe.d/nvm-test.conf && udevadm control --reload && modprobe nvm_raw'
power_cuts 'head -c 8126464 /dev/zero | dd of=/dev/nvm0 bs=64k iflag=fullblock conv=fsync status=none' true

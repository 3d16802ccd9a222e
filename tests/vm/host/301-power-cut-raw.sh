# proves: after each power cut every block written with O_DSYNC or followed by fsync is on the disk, and none is older or half written but the one in flight
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-power-cut.sh"

# Number N is a block of its own content at a place that many numbers share,
# one after the other.
cat >blocks.py <<'PY'
import hashlib
PLACES = 499
def digest(n):
    return hashlib.sha256(b"%d" % n).digest()
def place(n):
    # scattered: 104729 shares no factor with the 262144 blocks
    return n % PLACES * 104729 % 262144 * 4096
PY
# In turn by an O_DIRECT O_DSYNC write, or through the page cache and by fsync.
cat >writer <<'PY'
import mmap, os, sys
from blocks import digest, place
first = int(sys.argv[1])
direct = os.open("/dev/nvm0", os.O_WRONLY | os.O_DIRECT | os.O_DSYNC)
cached = os.open("/dev/nvm0", os.O_WRONLY)
page = mmap.mmap(-1, 4096)
for n in range(first, first + 100000):
    page[:] = digest(n) * 128
    if n & 1:
        os.pwrite(direct, page, place(n))
    else:
        os.pwrite(cached, page, place(n))
        os.fsync(cached)
    print("acked", n, flush=True)
PY
# Writes follow each other. So if the last whole one is H, all before it are
# whole, none is older than it must be, and only H + 1 may be half written.
cat >checker <<'PY'
import os, sys
from blocks import PLACES, digest, place
last = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDONLY)
known = {digest(n): n for n in range(last + 20 * PLACES)}
known[bytes(32)] = -1
def here(p):
    block = os.pread(disk, 4096, place(p))
    return known.get(block[:32]) if block == block[:32] * 128 else None
held = [here(p) for p in range(PLACES)]
high = max([last] + [n for n in held if n is not None])
bad = []
for p in range(PLACES):
    newest = high - (high - p) % PLACES if high >= p else -1
    if held[p] != newest and p != (high + 1) % PLACES:
        bad.append("place %d holds %s, not %d" % (p, held[p], newest))
print("\n".join(bad[:20]) or high)
sys.exit(bool(bad))
PY

files+=(blocks.py)
power_cuts true true

# proves: I/O is counted when queue/iostats is 1, and only then
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
# udev reads a disk again whenever a writer closes it: one open for all
cat >io.py <<'PY'
import mmap, os
def ios():
    with open("/sys/block/nvm0/stat") as stat:
        n = list(map(int, stat.read().split()))
    return [n[0], n[2], n[4], n[6]]
def iostats(on):
    with open("/sys/block/nvm0/queue/iostats", "w") as file:
        file.write(on)
def both():
    """What is counted for one read of 8K and two writes of 4K."""
    before = ios()
    os.preadv(fd, [two], 0)
    os.pwritev(fd, [one], 0)
    os.pwritev(fd, [one], 4096)
    return [b - a for a, b in zip(before, ios())]
fd = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
one, two = mmap.mmap(-1, 4096), mmap.mmap(-1, 8192)
print(both())
iostats("1")
print(both())
iostats("0")
print(both())
PY
must python3 io.py >counted
same "[0, 0, 0, 0] [1, 16, 2, 16] [0, 0, 0, 0]" "$(paste -sd' ' counted)" "counted"
same 0 "$(awk '{ print $9 }' /sys/block/nvm0/stat)" "I/O in flight"

# proves: fsync and O_DSYNC writes flush the device where a fence is not enough, plain writes and reads never
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M 3
cat >flush.py <<'PY'
import mmap, os
def flushes():
    with open("/sys/module/nvm_fake/parameters/flushes") as file:
        return int(file.read())
def cost(call, *args):
    before = flushes()
    call(*args)
    return flushes() - before
page = mmap.mmap(-1, 4096)
fd = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
print(cost(os.pwritev, fd, [page], 0), cost(os.preadv, fd, [page], 0),
      cost(os.pwritev, fd, [page], 0, os.RWF_DSYNC), cost(os.fsync, fd))
PY
must python3 flush.py >costs
# the block layer follows a FUA write of O_DSYNC with a flush
same "0 0 2 1" "$(<costs)" "flushes of a write, a read, a synchronous write, an fsync"

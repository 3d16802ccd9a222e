# proves: RWF_NOWAIT reads and writes succeed without EAGAIN, and io_uring needs no worker for them
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
must python3 - <<'PY'
import mmap, os
fd = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
src, dst = mmap.mmap(-1, 4096), mmap.mmap(-1, 4096)
for n in range(64):
    src[:] = bytes([n]) * 4096
    assert os.pwritev(fd, [src], n * 65536, os.RWF_NOWAIT) == 4096
    assert os.preadv(fd, [dst], n * 65536, os.RWF_NOWAIT) == 4096
    assert src[:] == dst[:]
PY
# The writer's close has udev run blkid, and a direct write to what that has left
# in the page cache does go to a worker: wait, and stay off both ends.
settle
T=/sys/kernel/tracing
must sysfs_write $T/events/io_uring/io_uring_queue_async_work/enable 1
at_exit sysfs_write $T/events/io_uring/io_uring_queue_async_work/enable 0
: >$T/trace
for rw in randread randwrite; do
	must fio_run "$rw" --filename="$DISK" --direct=1 --ioengine=io_uring --iodepth=8 \
		--rw=$rw --bs=4k --offset=8M --size=48M --io_size=4M
done
grep -m 3 queue_async_work $T/trace && fail "I/O was handed to a worker"
ok "no worker was needed"

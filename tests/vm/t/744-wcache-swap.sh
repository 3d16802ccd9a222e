# proves: a system that swaps to a disk behind the cache goes on, and memory comes back as it was
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

G=/sys/fs/cgroup/nvm-swap

wcache_up 256M:write_ns=20000 64
must mkswap -q "$DISK"
settle
must swapon "$DISK"
at_exit eval "! grep -q $DISK /proc/swaps || swapoff $DISK"
must sysfs_write /sys/fs/cgroup/cgroup.subtree_control +memory
must mkdir "$G"
at_exit rmdir "$G"
must sysfs_write "$G/memory.max" 32M
(
	must sysfs_write "$G/cgroup.procs" $BASHPID
	exec python3 - <<-'PY'
		import random
		size = 96 << 20
		mem = bytearray(size)
		for at in range(0, size, 4096):
		    mem[at:at + 8] = b"%08d" % (at >> 12)
		pages = list(range(size >> 12))
		random.shuffle(pages)
		for round in range(2):
		    for page in pages:
		        if mem[page << 12:(page << 12) + 8] != b"%08d" % page:
		            raise SystemExit("page %d has other data" % page)
	PY
)
same 0 $? "who was swapped"
[ "$(count writes)" -gt 4096 ] || fail "only $(count writes) blocks were swapped"
diag "$(count writes) blocks written, $(count hits) hits, $(count mapped) read from the medium"
must swapoff "$DISK"

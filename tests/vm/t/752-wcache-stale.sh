# proves: a read beside writes, write-back, replacement and a shrinker has neither garbage of what is in flight nor another block's data nor what is older than a write that had ended
# kernels: either
# vm: cpus
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# In the first there is always something to write back, and little is cached; in
# the second all is, and the shrinker takes it away.
wcache_up 64M:busy_unit=16K:write_ns=20000:buffer=64K 4
for blocks in 4096 512; do
	stale "$DISK" $blocks 8 4 4 >reads &
	stale=$!
	while kill -0 $stale 2>/dev/null; do
		sysfs_write /proc/sys/vm/drop_caches 2
	done
	must wait $stale
	diag "$blocks blocks: $(cat reads) reads"
done
for c in mapped hits runs evicted; do
	diag "$c $(count $c)"
	[ "$(count $c)" -gt 100 ] || fail "$c: next to nothing of it in all this"
done
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"

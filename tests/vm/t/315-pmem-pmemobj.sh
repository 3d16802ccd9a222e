# proves: libpmemobj takes files on ext4 and xfs with DAX for persistent memory; its pools and what is in them outlive a remount and an expansion
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# obj VERB FILE TEXT: put the text into the pool's root object, or look whether
# it is there. Without PMEM_IS_PMEM_FORCE: the library finds out by itself, and
# the test would not see it if DAX did not work.
cat >obj.py <<'PY'
import ctypes, sys

class Oid(ctypes.Structure):
    _fields_ = [("pool", ctypes.c_uint64), ("offset", ctypes.c_uint64)]

verb, path, text = sys.argv[1], sys.argv[2].encode(), sys.argv[3].encode().ljust(4096, b".")
pmem, obj = ctypes.CDLL("libpmem.so.1"), ctypes.CDLL("libpmemobj.so.1")
pointer = ctypes.c_void_p
pmem.pmem_map_file.restype = pointer
pmem.pmem_unmap.argtypes = pointer, ctypes.c_size_t
obj.pmemobj_errormsg.restype = ctypes.c_char_p
obj.pmemobj_open.argtypes, obj.pmemobj_open.restype = (ctypes.c_char_p, ctypes.c_char_p), pointer
obj.pmemobj_root.argtypes, obj.pmemobj_root.restype = (pointer, ctypes.c_size_t), Oid
obj.pmemobj_direct.argtypes, obj.pmemobj_direct.restype = (Oid,), pointer
obj.pmemobj_memcpy_persist.argtypes = pointer, pointer, ctypes.c_char_p, ctypes.c_size_t
obj.pmemobj_close.argtypes = pointer,
length, is_pmem = ctypes.c_size_t(), ctypes.c_int()
memory = pmem.pmem_map_file(path, 0, 0, 0, ctypes.byref(length), ctypes.byref(is_pmem))
if not memory or not is_pmem:
    sys.exit("libpmem does not take the pool for persistent memory")
pmem.pmem_unmap(memory, length)
pool = obj.pmemobj_open(path, None)
if not pool:
    sys.exit(obj.pmemobj_errormsg().decode())
root = obj.pmemobj_direct(obj.pmemobj_root(pool, len(text)))
if verb == "put":
    obj.pmemobj_memcpy_persist(pool, root, text, len(text))
elif ctypes.string_at(root, len(text)) != text:
    sys.exit("the root object has other content")
obj.pmemobj_close(pool)
PY
obj() { python3 -IS obj.py "$@"; }

# pool_ok FILE: as its own tool sees it
pool_ok()
{
	local out

	out=$(must pmempool info "$1") || exit
	[[ $out == *"PMEMOBJ"* ]] || fail "$1: $out"
	out=$(must pmempool check -v "$1") || exit
	[[ $out == *": consistent"* ]] || fail "$1: $out"
}

round()
{
	local fs=$1 had=$2 grown=$3

	put_fs "$fs" /mnt/a
	must pmempool create --layout=nvm --size=32M obj /mnt/a/pool
	must obj put /mnt/a/pool "before the remount"
	pool_ok /mnt/a/pool
	must umount /mnt/a
	must mount_fs /mnt/a
	pool_ok /mnt/a/pool
	must obj get /mnt/a/pool "before the remount"
	must_fail - fallocate -l "${had}M" /mnt/a/big
	rm -f /mnt/a/big
	must sysfs_write $MEMMAP/add "${grown}M@$NVM_SS"
	case $fs in
	ext4) must resize2fs "$DISK" ;;
	xfs) must xfs_growfs /mnt/a ;;
	esac >grow 2>&1
	pool_ok /mnt/a/pool
	must obj get /mnt/a/pool "before the remount"
	must obj put /mnt/a/pool "after the expansion"
	# one that only the new room can hold
	must pmempool create --layout=nvm --size="${had}M" obj /mnt/a/big
	must obj put /mnt/a/big "in the new room"
	must umount /mnt/a
	must mount_fs /mnt/a
	pool_ok /mnt/a/pool
	pool_ok /mnt/a/big
	must obj get /mnt/a/pool "after the expansion"
	must obj get /mnt/a/big "in the new room"
	must umount /mnt/a
	ok "$fs"
}

memmap_up 64M
round ext4 64 192
must sysfs_write $MEMMAP/add "320M@$NVM_SS"
round xfs 320 704

# proves: built in, the root file system can be on a region, mounted with DAX, without rootwait
# kernels: debug
# shellcheck source=tests/vm/host/lib-built-in.sh
. "$VM_HERE/host/lib-built-in.sh"

user_space root <<'INIT'
say "$(grep '^/dev/root / ' /proc/mounts)"
say "users $(cat $BUS/devices/nvm0/users)"
refused remove 256M@0x140000000
echo kept >/mark && sync && say "mark $(cat /mark)"
INIT
# the range is this file, which begins with the file system
VM_PERSIST=$PWD/memory
truncate -s 1G "$VM_PERSIST"
must mke2fs -q -F -t ext4 -b 4096 -d root "$VM_PERSIST" 256M
boot_built_in "nvm_memmap.map=256M@$(at 0) root=/dev/nvm0 rootfstype=ext4 rootflags=dax=always rw init=/sbin/init"
grep -q '^T /dev/root / ext4 rw,.*dax=always' found || fail "not mounted with DAX: $(cat found)"
found "users 1"
grep -q "^T remove: nvm_memmap: remove: 256M@$(at 0)" found || fail "the root could be removed"
found "mark kept"
# and it is in the memory
[ "$(debugfs -R 'cat /mark' "$VM_PERSIST" 2>/dev/null)" = kept ] ||
	fail "the file is not in the memory"

# proves: built in, a refused map= leaves nvm_memmap there, empty, with the reason, and it can be used
# kernels: debug
# shellcheck source=tests/vm/host/lib-built-in.sh
. "$VM_HERE/host/lib-built-in.sh"

user_space root <<'INIT'
say "regions $(ls $BUS/devices | grep -c .)"
say "why $(cat $P/last_error)"
taken map 64M@0x140000000
say "last_error '$(cat $P/last_error)'"
taken map ''
INIT
(cd root && find . | cpio -o -H newc --quiet) >initrd
# the second is RAM
boot_built_in "nvm_memmap.map=64M@$(at 0),64M@0x100000000" -initrd initrd
found "regions 0"
grep -q '^T why nvm_memmap: map: 64M@0x100000000' found || fail "no reason in last_error: $(cat found)"
found "map 64M@$(at 0)"
found "last_error ''"
[ "$(grep -c 'nvm_memmap: map: ' console)" -ge 1 ] || fail "no reason in the kernel's log"

# proves: built in, the regions of nvm_memmap.map= are there and claimed when user space begins, and the parameters work
# kernels: debug
# shellcheck source=tests/vm/host/lib-built-in.sh
. "$VM_HERE/host/lib-built-in.sh"

user_space root <<'INIT'
say "regions $(ls $BUS/devices | grep -c .)"
say "uld $(cat $BUS/devices/nvm0/uld) $(cat $BUS/devices/nvm1/uld)"
say "map $(cat $P/map)"
say "last_error '$(cat $P/last_error)'"
taken add 64M@0x150000000
refused add 32M@0x150000000
taken remove 64M@0x140000000
say "size $(cat /sys/block/nvm1/size)"
dd if=/dev/zero of=/dev/nvm1 bs=4096 count=4 2>/dev/null && say "written"
taken map ''
say "left $(ls $BUS/devices | grep -c .)"
INIT
(cd root && find . | cpio -o -H newc --quiet) >initrd
boot_built_in "nvm_memmap.map=64M@$(at 0),128M@$(at 64) nvm_memmap.add=64M@$(at 512)" -initrd initrd
found "regions 2"
found "uld nvm_pmem nvm_pmem"
found "map 64M@$(at 0),128M@$(at 64)"
found "last_error ''"
found "map 64M@$(at 0),128M@$(at 64),64M@$(at 256)"
grep -q "^T add: nvm_memmap: add: 32M@$(at 256)" found || fail "no reason for the refusal"
found "map 128M@$(at 64),64M@$(at 256)"
found "size $((128 << 11))"
found "written"
found "left 0"
grep -q 'nvm_memmap: add= is ignored on load' console || fail "add= is not named as ignored"

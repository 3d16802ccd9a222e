# proves: who has the character device mapped gets SIGBUS once the driver is unbound, what was stored before is on the medium, and nothing is left when the last user closes
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

wcache_up 64M:write_ns=100000 4
mapper_up /dev/nvmc0 256
same "done" "$(ask w)" "a store"
same old "$(ask v | sed 's/^page 0$/old/')" "what was stored"
must sysfs_write "$BUS"/drivers/nvm_wcache/unbind nvm0
same SIGBUS "$(ask r)" "a load"
same SIGBUS "$(ask w)" "a store"
same "error EIO" "error $(ask s)" msync
[ ! -e /dev/nvmc0 ] || fail "/dev/nvmc0 is still there"
must_fail - rmmod nvm_wcache
mapper_down
bound_again nvm_wcache
must dd if=$DISK of=seen bs=4k count=256 iflag=direct status=none
same "NvM page 255" "$(page_text seen 255)" "the medium"
must sysfs_write "$P"/remove "64M@$NVM_SS"
# udev may still look at the former disk
wait_for 'rmmod nvm_wcache' 20
must rmmod nvm_memmap
must rmmod nvm_cache
must rmmod nvm_core

# proves: rounds of unbinding and binding nvm_wcache under I/O leak neither memory nor addresses
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

at_exit nvm_unload
must modprobe nvm_wcache cache_mb=64
# shellcheck disable=SC2034 # for lib-pmem.sh
ULD=nvm_wcache
memmap_up 64M:type=2:write_ns=50000
rounds_leak_nothing 12 unbind_bind

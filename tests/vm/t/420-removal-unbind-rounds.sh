# proves: 20 rounds of unbinding and binding the driver under I/O leak neither memory nor addresses
# kernels: either
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
rounds_leak_nothing 20 unbind_bind

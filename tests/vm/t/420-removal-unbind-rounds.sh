# proves: 40 rounds of unbinding and binding the driver under I/O leak neither memory nor addresses
# timeout: 300
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
rounds_leak_nothing 40 unbind_bind

# proves: memory that the BIOS marks as persistent becomes a region by nvm_ddr3_e820 if driver_override says so, beside a loaded nd_e820
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh

e820_free
at_exit nvm_unload
must modprobe nd_e820
[ ! -e $DEV/driver ] || must sysfs_write $DEV/driver/unbind e820_pmem
# without a word nobody of ours takes it
must modprobe nvm_ddr3_e820
sysfs_write $PLATFORM/drivers/nvm_ddr3_e820/bind e820_pmem
same '' "$(regions)" 'regions before the override'
must rmmod nvm_ddr3_e820
# shellcheck disable=SC2119
e820_take
wait_for '[ -b /dev/nvm0 ]' 30
settle

region=/sys/bus/nvm/devices/nvm0
same nvm0 "$(regions)" regions
same ddr3-130000000 "$(cat $region/uid)" uid
same 0x130000000 "$(cat $region/start)" start
same $((128 << 20)) "$(cat $region/size)" size
same nvm_ddr3_e820 "$(cat $region/lld)" lld
same memory_controller "$(cat $region/persistence_domain)" persistence_domain
same 0 "$(cat $region/read_only)" read_only
same 1 "$(claims)" 'claims in /proc/iomem'
seq 100000 | head -c 512K >data
must dd if=data of=/dev/nvm0 bs=128K oflag=direct status=none
must cmp -n 524288 data /dev/nvm0
settle

# the library stays as long as the shim, the shim as long as the last user
must_fail "in use" rmmod nvm_ddr3
exec 9</dev/nvm0
must sysfs_write $PLATFORM/drivers/nvm_ddr3_e820/unbind e820_pmem
same '' "$(regions)" 'regions after the unbind'
must_fail "in use" rmmod nvm_ddr3_e820
exec 9<&-
# shellcheck disable=SC2016 # wait_for evaluates it
wait_for '[ "$(claims)" = 0 ]' 30
must rmmod nvm_ddr3_e820
must rmmod nvm_ddr3

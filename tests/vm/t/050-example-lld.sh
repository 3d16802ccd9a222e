# proves: the example of an LLD finds legacy persistent memory and gives it back when its last user has closed
# vm: e820

platform=/sys/bus/platform
dev=$platform/devices/e820_pmem

claims() { grep -c ' : example_lld$' /proc/iomem; }

# The kernel's own driver may have it already.
udevadm settle
if [ -e $dev/driver ]; then
	must sysfs_write "$(readlink -f $dev/driver)/unbind" e820_pmem
fi
must sysfs_write $dev/driver_override example_lld
at_exit sysfs_write $dev/driver_override ''
must modprobe example_lld
at_exit nvm_unload
settle

name=$(regions)
region=/sys/bus/nvm/devices/$name
same e820-130000000 "$(cat "$region/uid")" uid
same 0x130000000 "$(cat "$region/start")" start
same $((128 << 20)) "$(cat "$region/size")" size
same example_lld "$(cat "$region/lld")" lld
same claimed "$(cat "$region/state")" state
same nvm_pmem "$(cat "$region/uld")" uld
same memory_controller "$(cat "$region/persistence_domain")" persistence_domain
same 1 "$(claims)" 'claims in /proc/iomem'

seq 100000 | head -c 512K >data
must dd if=data of="/dev/$name" bs=128K oflag=direct status=none
must cmp -n 524288 data "/dev/$name"
udevadm settle

# Taken away under a user: the region goes at once, the memory with the user.
exec 9<"/dev/$name"
must sysfs_write $platform/drivers/example_lld/unbind e820_pmem
same '' "$(regions)" 'regions after the unbind'
same 1 "$(claims)" 'claims while the disk is open'
must_fail "in use" rmmod example_lld
exec 9<&-
# shellcheck disable=SC2016 # wait_for evaluates it
wait_for '[ "$(claims)" = 0 ]' 30
must rmmod example_lld

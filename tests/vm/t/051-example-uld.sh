# proves: the example of a ULD raises a disk when it is chosen by hand, and what it writes nvm_pmem reads

must modprobe nvm_memmap
at_exit nvm_unload
must sysfs_write /sys/module/nvm_memmap/parameters/add "64M@$NVM_SS"
settle
must modprobe example_uld

name=$(regions)
bus=/sys/bus/nvm
region=$bus/devices/$name
same nvm_pmem "$(cat "$region/uld")" 'who claims it first'

# uld NAME: let another one have the region
uld()
{
	must sysfs_write "$region/driver/unbind" "$name"
	must sysfs_write "$region/driver_override" "$1"
	must sysfs_write "$bus/drivers/$1/bind" "$name"
	settle
	same "$1" "$(cat "$region/uld")" uld
	same "$name" "$(cat "$region/disk")" disk
}

uld example_uld
same 4096 "$(cat "/sys/block/$name/queue/logical_block_size")" logical_block_size
seq 1000000 | head -c 4M >data
must dd if=data of="/dev/$name" bs=1M oflag=direct conv=fsync status=none
echo 3 >/proc/sys/vm/drop_caches
must cmp -n 4194304 data "/dev/$name"

# It has no resize callbacks; nothing has changed then.
must_fail EOPNOTSUPP sysfs_write /sys/module/nvm_memmap/parameters/add "128M@$NVM_SS"
same $((64 << 20)) "$(cat "$region/size")" size

# In use is in use, whoever raised the disk.
udevadm settle
exec 9<"/dev/$name"
must_fail EBUSY sysfs_write /sys/module/nvm_memmap/parameters/remove "64M@$NVM_SS"
must_fail - rmmod example_uld
exec 9<&-

uld nvm_pmem
must cmp -n 4194304 data "/dev/$name"
udevadm settle
must rmmod example_uld
must sysfs_write /sys/module/nvm_memmap/parameters/remove "64M@$NVM_SS"

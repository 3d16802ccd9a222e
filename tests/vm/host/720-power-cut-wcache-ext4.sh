# proves: after each power cut every file that was fsynced on ext4 behind the cache is there, whole, and what was removed is not, though the device has lost its buffer
# kernels: either
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2034,SC2154
. "$here/host/lib-power-cut.sh"

element='$NVM_SIZE@$NVM_SS:type=2:write_ns=20000:buffer=1M:lose=1'
load='modprobe nvm_wcache cache_mb=8'
durable_files
power_cuts 'mkfs.ext4 -q -b 4096 /dev/nvm0' 'mkdir -p /mnt/a && mount /dev/nvm0 /mnt/a'
# what is left is a file system without a fault
must vm_run 'umount /mnt/a && { e2fsck -fy /dev/nvm0 >/dev/null; [ $? -le 1 ]; } && e2fsck -fn /dev/nvm0 >/dev/null'

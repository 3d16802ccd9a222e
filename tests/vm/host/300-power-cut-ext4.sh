# proves: after each power cut every file that was fsynced on ext4 is there, whole, and what was removed is not
# kernels: either
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-power-cut.sh"

durable_files
power_cuts 'mkfs.ext4 -q -b 4096 /dev/nvm0' \
	'mkdir -p /mnt/a && mount -o dax=always /dev/nvm0 /mnt/a'
# what is left is a file system without a fault
must vm_run 'umount /mnt/a && { e2fsck -fy /dev/nvm0 >/dev/null; [ $? -le 1 ]; } && e2fsck -fn /dev/nvm0 >/dev/null'

# proves: an NVDIMM that is plugged in while the system runs becomes a region with a disk, beside those in use
# kernels: either

# shellcheck disable=SC2016
must vm_start nfit
must vm_run 'must nvm_unload; must modprobe nvm_pmem; must modprobe nvm_nfit; settle
	same 3 "$(regions | wc -l)" regions
	must mkfs.ext4 -q -b 4096 /dev/nvm0 && must mount /dev/nvm0 /mnt && echo hello >/mnt/a'
must vm_qmp object-add '{"qom-type": "memory-backend-ram", "id": "d3", "size": 134217728}'
must vm_qmp device_add '{"driver": "nvdimm", "id": "n3", "memdev": "d3", "node": 0}'
must vm_run 'wait_for "[ -e /sys/bus/nvm/devices/nvm3 ]" 30; settle
	same nfit-8680-0100-59341200 "$(cat /sys/bus/nvm/devices/nvm3/uid)" uid
	same $((128 << 20)) "$(cat /sys/bus/nvm/devices/nvm3/size)" size
	wait_for "[ -b /dev/disk/by-id/nvm-nfit-8680-0100-59341200 ]" 30
	must dd if=/dev/urandom of=/dev/nvm3 bs=1M count=4 oflag=direct status=none
	same hello "$(cat /mnt/a)" "the file on the other"
	same 4 "$(regions | wc -l)" regions
	! dmesg | grep -E "is kept|is refused|is not taken" || fail "a complaint"
	! dmesg | grep -E "WARNING:|BUG:|Oops" || fail "a warning"
	must umount /mnt && must nvm_unload'
vm_stop

# proves: udev finds the NVDIMMs of the firmware: module, regions and disks appear by themselves, with names that are the DIMMs'
# vm: nfit
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

A=nfit-8680-0100-56341200 B=nfit-8680-0100-57341200 C=nfit-8680-0100-58341200

at_exit nvm_unload
must nvm_unload
must udevadm trigger --action=add $ROOT
settle
[ -e /sys/module/nvm_nfit ] || fail "udev has not loaded nvm_nfit"
same 3 "$(regions | wc -l)" "regions"
for uid in $A $B $C; do
	r=$(by_uid "$uid")
	[ -n "$r" ] || fail "no region $uid: $(cat $NVM/*/uid)"
	wait_for "[ -b /dev/$r ]" 30
	same nvm_nfit "$(attr "$r" lld)" "$r lld"
	same nvm_pmem "$(attr "$r" uld)" "$r uld"
	same memory_controller "$(attr "$r" persistence_domain)" "$r persistence_domain"
	same NVDIMM-8680-0100 "$(attr "$r" model)" "$r model"
	same "/dev/$r" "$(readlink -f /dev/disk/by-id/nvm-"$uid")" "by-id"
	[ "$NVM/$r/.." -ef $ROOT ] || fail "$r is not below the root device"
	grep -q "nvm_nfit" /proc/iomem || fail "nothing is claimed"
done
# a label area of 128 KiB, hence 2 MiB less, says QEMU
same $((254 << 20)) "$(attr "$(by_uid $A)" size)" "size of $A"
same $((128 << 20)) "$(attr "$(by_uid $B)" size)" "size of $B"
same $((64 << 20)) "$(attr "$(by_uid $C)" size)" "size of $C"
# the proximity domains
same "0 1 0" "$(attr "$(by_uid $A)" numa_node) $(attr "$(by_uid $B)" numa_node) $(attr "$(by_uid $C)" numa_node)" "nodes"
# it is memory
disk=/dev/$(by_uid $B)
must mkfs.ext4 -q -b 4096 "$disk"
must mount -o dax=always "$disk" /mnt
at_exit eval '! mountpoint -q /mnt || umount /mnt'
must dd if=/dev/urandom of=/mnt/file bs=1M count=8 conv=fsync status=none
must umount /mnt
must e2fsck -fn "$disk"
# the same names another time
must nvm_unload
must modprobe nvm_nfit
settle
same "$A $B $C" "$(sort $NVM/*/uid | xargs)" "uids"

# proves: what was written behind the cache and not flushed is on the medium after an orderly reboot
# kernels: either
# shellcheck disable=SC2016,SC2034,SC2154 # for the guest; for vm_start; the harness's

VM_PERSIST=$scratch/memory
up='modprobe nvm_wcache cache_mb=8 && modprobe nvm_memmap map=64M@$NVM_SS:type=2:write_ns=100000 && settle &&
	wait_for "[ -b /dev/nvm0 ]" 10 && settle'
data='seq 1 400000 | head -c 2M'

truncate -s 1G "$VM_PERSIST"
must vm_start
must vm_run "$up" 60
must vm_run "$data | dd of=/dev/nvm0 bs=64k iflag=fullblock oflag=direct conv=notrunc,nocreat status=none &&
	[ \"\$(cat /sys/bus/nvm/devices/nvm0/cache/dirty)\" -gt 0 ]"
# no sync before it
vm_run 'python3 -c "import ctypes; ctypes.CDLL(None).reboot(0x01234567)"' 60
# QEMU ends then
for ((i = 0; i < 600; i++)); do
	vm_alive || break
	sleep 0.1
done
! vm_alive || fail "the guest does not reboot"
vm_kill
must vm_start
must vm_run "$up" 60
must vm_run "$data | cmp - <(head -c 2M /dev/nvm0)"
ok "it is there"

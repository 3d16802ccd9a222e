# proves: what was written behind the cache and not flushed is on the medium after an orderly reboot; with a medium that refuses it, or a device that ends no command, the machine goes down all the same and says so
# kernels: either
# timeout: 480
# shellcheck disable=SC2016,SC2034,SC2154 # for the guest; for vm_start; the harness's

VM_PERSIST=$scratch/memory
disk='settle && wait_for "[ -b /dev/nvm0 ]" 10 && settle'
up='modprobe nvm_wcache cache_mb=8 && modprobe nvm_memmap map=64M@$NVM_SS:type=2:write_ns=100000 && '$disk
fake='modprobe nvm_wcache cache_mb=8 && modprobe nvm_fake && cmd=/sys/module/nvm_fake/parameters/cmd &&
	echo "desc t2 $NVM_SS" >$cmd && echo commands t2 taken >$cmd && '$disk
data='seq 1 400000 | head -c 2M'
put="$data | dd of=/dev/nvm0 bs=64k iflag=fullblock oflag=direct conv=notrunc,nocreat status=none &&
	[ \"\$(cat /sys/bus/nvm/devices/nvm0/cache/dirty)\" -gt 0 ]"

# reboots SAID: without a sync; how many lines then say that not all was written
reboots()
{
	local i

	vm_run 'python3 -c "import ctypes; ctypes.CDLL(None).reboot(0x01234567)"' 60
	# QEMU ends then
	for ((i = 0; i < 600; i++)); do
		vm_alive || break
		sleep 0.1
	done
	! vm_alive || fail "the guest does not reboot"
	i=$(grep -c "not all of the cache could be written" "$VM_CONSOLE.new")
	[ "$i" = "$1" ] || fail "$i lines say that not all was written, not $1"
}

again()
{
	vm_kill
	must vm_start
}

truncate -s 1G "$VM_PERSIST"
must vm_start
must vm_run "$up" 60
must vm_run "$put"
reboots 0
again
must vm_run "$up" 60
must vm_run "$data | cmp - <(head -c 2M /dev/nvm0)"
ok "it is there"
must vm_run 'echo 1048576 >/sys/bus/nvm/devices/nvm0/emulation/bad_at'
must vm_run "$put"
reboots 1
ok "the medium refuses a block"
again
must vm_run "$fake" 60
must vm_run 'echo commands t2 never >/sys/module/nvm_fake/parameters/cmd'
must vm_run "$put"
reboots 1
ok "the device does not answer"

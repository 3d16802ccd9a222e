# proves: two VMs have one region, a file of the host: what one writes the other reads, raw and as a file system that is handed over
# kernels: either
# timeout: 600
# shellcheck source=tests/vm/host/lib-pci.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-pci.sh"

# each has a console of its own
# shellcheck disable=SC2034 # for vm_start
VM_CONSOLE_LOG=
truncate -s 64M shared
shm=(-object "memory-backend-file,id=shm,size=64M,share=on,mem-path=$PWD/shared"
	-device "ivshmem-plain,memdev=shm")

# A failure must not leave the one running that is not the last.
# shellcheck disable=SC2034 # for finish
both_end()
{
	local rc=$?

	[ -z "${a:-}" ] || { VM_DIR=$a; VM_CONSOLE=$a/console; vm_kill; }
	[ -z "${b:-}" ] || { VM_DIR=$b; VM_CONSOLE=$b/console; }
	(exit "$rc")
	finish
}
trap both_end EXIT

must vm_start main "${shm[@]}"
a=$VM_DIR
must vm_start main "${shm[@]}"
b=$VM_DIR

# on VM 'SCRIPT'
on()
{
	VM_DIR=$1
	in_guest "$2"
}

for vm in "$a" "$b"; do
	on "$vm" '
		must modprobe nvm_pmem; must modprobe nvm_pci
		settle; wait_for "[ -b $DISK ]" 60; settle'
done

# sum VM MIB: of one MiB, as that guest reads it
sum() { VM_DIR=$1 vm_run "dd if=/dev/nvm0 bs=1M skip=$2 count=1 iflag=direct status=none | sha256sum" 60; }

for round in 1 2 3; do
	on "$a" "must dd if=/dev/urandom of=/dev/nvm0 bs=1M seek=$round count=1 oflag=direct,dsync conv=notrunc status=none"
	same=$(sum "$a" "$round")
	[ "$same" = "$(sum "$b" "$round")" ] || fail "round $round: b does not read what a wrote"
	[ "$same" = "$(dd if=shared bs=1M skip="$round" count=1 status=none | sha256sum)" ] ||
		fail "round $round: it is not in the file"
	on "$b" "must dd if=/dev/urandom of=/dev/nvm0 bs=1M seek=$((round + 8)) count=1 oflag=direct,dsync conv=notrunc status=none"
	[ "$(sum "$a" $((round + 8)))" = "$(sum "$b" $((round + 8)))" ] ||
		fail "round $round: a does not read what b wrote"
done
ok "raw"

on "$a" '
	put_fs ext4 /mnt/a
	must cp /payload/lib.sh /mnt/a
	must umount /mnt/a
	settle'
on "$b" '
	must blockdev --flushbufs $DISK
	must mkdir -p /mnt/a
	must mount_fs /mnt/a
	must cmp /payload/lib.sh /mnt/a/lib.sh
	must umount /mnt/a
	settle
	must nvm_unload'
ok "a file system, handed over"
on "$a" 'must nvm_unload'
"$here/ctl.py" "$a/console.new" scan || fail "the log of the first VM: see above"

# proves: an ivshmem is unplugged while idle, open, mounted and mapped, with ext4 and xfs: mappings give SIGBUS, another device that is plugged meanwhile is not reached by them and not given the same addresses
# kernels: either
# timeout: 600
# shellcheck source=tests/vm/host/lib-pci.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-pci.sh"

# SC2016: the scripts are for the guest's shell
guest='
	arrived() { wait_for "[ -e /sys/bus/nvm/devices/$1 ]" 90; settle; wait_for "[ -b /dev/$1 ]" 30; settle; }
	rejoin() { exec 5<>mapper.in 6<>mapper.out; }
'
allow_log 'EXT4-fs|XFS|JBD2|Buffer I/O'

# b_comes: meanwhile another device takes the place; sets b_start
b_comes()
{
	head -c 64M /dev/urandom >b
	cp b b.was
	plug b 64
	in_guest "$guest"'
		arrived nvm1
		dev=$(find_pci $IVSHMEM 2 64)
		[ "$(bar_start "$dev" 2)" != "$(<start)" ] || fail "b has the addresses of a"'
}

b_goes()
{
	unplug b
	must cmp b b.was
	rm b b.was
}

must vm_start main "${PORT[@]}" "${NATIVE[@]}"
in_guest 'must modprobe nvm_pmem; must modprobe nvm_pci'

plug a 64
in_guest "$guest"'arrived nvm0; must write_at 0 4096'
unplug a
in_guest 'wait_for no_claims 30; same "" "$(regions)" regions'
ok "idle"

plug a 64
in_guest "$guest"'
	arrived nvm0
	cp $REGION/start .
	sleep 9999 7<$DISK &
	echo $! >keeper'
unplug a
in_guest '
	same "" "$(regions)" regions
	must_fail - dd if="/proc/$(<keeper)/fd/7" of=/dev/null bs=4k count=1 status=none
	[ "$(claims)" -gt 0 ] || fail "the addresses are free while the disk is open"'
b_comes
in_guest 'kill "$(<keeper)"'
b_goes
in_guest 'wait_for no_claims 30'
ok "open"

# The second fills the window of the port, so that it is dissolved for b.
for fs in ext4:64 xfs:512; do
	rm -f a
	plug a "${fs#*:}"
	in_guest "$guest""fs=${fs%:*};"'
		arrived nvm0
		cp $REGION/start .
		put_fs $fs /mnt/a
		must fallocate -l 4M /mnt/a/f
		mapper_up /mnt/a/f 1024
		sleep 9999 5<>mapper.in 6<>mapper.out 7</mnt/a/f &
		echo $! >keeper
		same old "$(ask v)" "what was stored"
		must sync -f /mnt/a'
	unplug a
	in_guest "$guest"'
		rejoin
		same "" "$(regions)" regions
		same SIGBUS "$(ask r)" "a load"
		same SIGBUS "$(ask w)" "a store"
		[ "$(claims)" -gt 0 ] || fail "the addresses are free under a mount"'
	b_comes
	in_guest "$guest"'
		rejoin
		same SIGBUS "$(ask r)" "a load after b came"
		same SIGBUS "$(ask w)" "a store after b came"
		must_fail - dd if=/dev/zero of=/mnt/a/g bs=4k count=10 oflag=direct status=none
		printf q >&5
		kill "$(<keeper)"
		wait_for "umount /mnt/a" 30'
	b_goes
	in_guest 'wait_for no_claims 30; same "" "$(regions)" regions'
	ok "${fs%:*}"
done
in_guest 'must nvm_unload'

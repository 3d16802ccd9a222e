# proves: an ivshmem that is unplugged while it is being found, again and again, leaves nothing behind
# kernels: either
# timeout: 600
# shellcheck source=tests/vm/host/lib-pci.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-pci.sh"

must vm_start main "${PORT[@]}"
in_guest 'must modprobe nvm_pmem; must modprobe nvm_pci'
seed=${NVM_SEED:-$(date +%s)}
echo "# seed $seed"
RANDOM=$seed
for ((round = 0; round < 12; round++)); do
	plug a 64
	sleep "0.$(printf %03d $((RANDOM % 700)))"
	unplug a
done
in_guest '
	settle
	wait_for no_claims 60
	same "" "$(regions)" regions
	[ ! -e /sys/block/nvm0 ] || fail "nvm0 is still a disk"'
# and it still works
plug a 64
in_guest 'wait_for "[ -b $DISK ]" 90; settle; must write_at 0 4096'
unplug a
in_guest 'wait_for no_claims 30; must nvm_unload'

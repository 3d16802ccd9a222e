# proves: in a locked-down kernel every write is EPERM, with a reason, and changes nothing
# vm: big
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# the last test of this machine: nothing can lift it
at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
echo integrity >/sys/kernel/security/lockdown || fail "cannot lock the kernel down"
for param in map add remove; do
	must refused EPERM $param "4M@$(at 0)" "locked down"
	must refused EPERM $param $'\n' "locked down"
	must refused EPERM $param oops "locked down"
done
same "4M@$(at 0)" "$(cat $P/map)" map
must dd if=/dev/nvm0 of=/dev/null bs=4k count=1 iflag=direct status=none

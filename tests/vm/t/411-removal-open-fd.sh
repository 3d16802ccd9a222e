# proves: a disk that is open when it goes gives no data, fails writes, keeps its number and memory, and gives both back when closed
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

writes() { dd if=/dev/zero bs=4k count=1 conv=fsync status=none >&4; }

round()
{
	fake_add 64M
	exec 4<>"$DISK"
	at_exit eval 'exec 4>&-'
	must take_away "$1"
	# a dead disk has no size: reads are at its end, writes beyond it
	same 0 "$(dd bs=4k count=1 status=none <&4 2>/dev/null | wc -c)" "bytes read"
	must_fail - writes
	# the number is taken, so is the memory
	must_fail EBUSY fake add b $((64 * MIB)) "$NVM_SS"
	must fake add b $((64 * MIB)) $((NVM_SS + 64 * MIB))
	settle
	same nvm1 "$(regions)" "regions while nvm0 is open"
	must_fail - rmmod nvm_fake
	exec 4>&-
	must fake unregister b
	settle
	wait_for '! grep -q nvm_fake /proc/iomem' 30
	ok "$1"
}

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_pmem
round unregister
round lost
fake_add 64M
same nvm0 "$(regions)" "the number is free again"

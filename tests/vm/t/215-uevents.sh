# proves: what happens to a region is a uevent that says so
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_fake
must modprobe nvm_memmap
udevadm monitor --kernel --property --subsystem-match=nvm >events &
at_exit kill $!
wait_for 'grep -q "^KERNEL" events' 30
must sysfs_write $P/add "4M@$(at 0)"
must sysfs_write $BUS/flush 1
must sysfs_write $P/add "8M@$(at 0)"
must sysfs_write $FAKE "add f $((4 << 20)) $(at 16)"
must sysfs_write $BUS/flush 1
must sysfs_write $FAKE "ro f worn"
must sysfs_write $FAKE "poison f 4096 512"
wait_for 'grep -q NVM_EVENT=poison events' 30
must sysfs_write $FAKE "lost f"
# udev looks at what has grown
settle
must sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
must sysfs_write $P/map $'\n'
wait_for 'grep -c ^ACTION=remove events | grep -q 2' 30
# of a region in order: action and event
story()
{
	awk -v RS= -v FS='\n' -v id="$1" '{
		delete v
		for (i = 2; i <= NF; i++) {
			n = index($i, "=")
			v[substr($i, 1, n - 1)] = substr($i, n + 1)
		}
		if (v["NVM_UID"] == id && v["SUBSYSTEM"] == "nvm")
			printf "%s%s ", v["ACTION"], v["NVM_EVENT"] ? ":" v["NVM_EVENT"] : ""
	}' events
}
same "add bind change:claimed change:expanded change:released unbind remove " \
	"$(story "memmap-$(printf %x "$NVM_SS")" | sed 's/change:claimed bind/bind change:claimed/')" "events of the one"
same "add bind change:claimed change:health change:poison change:lost change:released unbind remove " \
	"$(story f | sed 's/change:claimed bind/bind change:claimed/')" "events of the other"
settle

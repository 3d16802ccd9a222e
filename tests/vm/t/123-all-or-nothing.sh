# proves: an element that fails amid others: nothing of the list happens
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 16),4M@$(at 32),4M@$(at 48)"
must sysfs_write $FAKE "add other $((4 << 20)) $(at 64)"
settle
exec 9</dev/nvm3

# amid ERRNO ELEMENT [REST]: nvm1 would go, nvm0 and nvm2 be expanded, two added
amid()
{
	must refused "$1" map "4M@$(at 80),8M@$(at 0),${3-4M@$(at 48),}$2,8M@$(at 32),4M@$(at 96)"
	must refused "$1" add "4M@$(at 80),8M@$(at 0),$2,8M@$(at 32),4M@$(at 96)"
	must dd if=/dev/nvm1 of=/dev/null bs=4k count=1 iflag=direct status=none
}

amid EINVAL oops
amid EINVAL "2M@$(at 48)" ""
amid EEXIST "4M@$(at 18)"
amid EEXIST "4M@$(at 84),4M@$(at 82)"
amid EBUSY "4M@0x1000000"
amid EBUSY "4M@$(at 66)"
amid EBUSY "20M@$(at 48)" ""
amid ERANGE "4M@0x4000000000000"
amid EOPNOTSUPP "4M@$(at 128):type=4"
amid ENOMEM "256G@0x1000000000"
amid EEXIST "4M@$(at 128):uid=other"
# the open one would go
must refused EBUSY map "4M@$(at 80),8M@$(at 0),8M@$(at 32)" "nvm3 is in use"
must refused EBUSY remove "4M@$(at 0),4M@$(at 48),4M@$(at 32)" "nvm3 is in use"
must refused ENOENT remove "4M@$(at 0),4M@$(at 8),4M@$(at 32)"
# and the list that it was without the fault
must sysfs_write $P/map "4M@$(at 80),8M@$(at 0),4M@$(at 48),8M@$(at 32),4M@$(at 96)"
same "8M@$(at 0),8M@$(at 32),4M@$(at 48),4M@$(at 80),4M@$(at 96)" "$(cat $P/map)" map
exec 9<&-
settle

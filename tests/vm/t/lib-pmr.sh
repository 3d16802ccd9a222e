#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests share that write an NVMe controller's registers themselves: BAR
# 0 of the lab card is RAM. Not a test itself: its name does not begin with a
# number.
# shellcheck source=tests/vm/t/lib-pci.sh disable=SC1091,SC2034
. /payload/t/lib-pci.sh

# register OFFSET [VALUE]: four bytes of the lab's registers, read or written
register()
{
	python3 - "$PCI/$lab/resource0" "$@" <<'PY'
import mmap, os, struct, sys
bar = mmap.mmap(os.open(sys.argv[1], os.O_RDWR), 4096)
offset = int(sys.argv[2], 0)
if len(sys.argv) > 3:
    struct.pack_into("<I", bar, offset, int(sys.argv[3], 0))
else:
    print(hex(struct.unpack_from("<I", bar, offset)[0]))
PY
}

PMRCAP=0xe00 PMRCTL=0xe04 PMRSTS=0xe08

# PMRCAP: memory in BAR 4, half a second to get ready, barrier by reading the
# memory, or by reading PMRSTS
BY_MEMORY=0x10480 BY_STATUS=0x10880

# controller PMRCAP PMRSTS: what the lab card says of itself
controller()
{
	must register 0 0
	must register 4 0x01000000
	must register $PMRCAP "$1"
	must register $PMRCTL 0
	must register $PMRSTS "$2"
}

# lab_up: the lab card is for nvm_pci, as an NVMe controller, and not bound yet
lab_up()
{
	must nvm_unload
	at_exit nvm_unload
	must modprobe nvm_pmem
	must modprobe nvm_pci
	lab=$(find_pci 0x1b36:0x0100)
	must sysfs_write "$PCI/$lab/enable" 1
	at_exit eval "sysfs_write $PCI/$lab/enable 0"
	at_exit eval "sysfs_write $DRIVER/remove_id '1b36 0100' 2>/dev/null"
	at_exit eval "[ ! -e $DRIVER/$lab ] || sysfs_write $DRIVER/unbind $lab"
	# until it is told to be a controller it is none
	controller 0 0
	must register 4 0
	must sysfs_write $DRIVER/new_id "1b36 0100 ffffffff ffffffff 0 0 2"
	expect_log "nvm_pci $lab: has no persistent memory region"
}

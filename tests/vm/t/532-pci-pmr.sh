# proves: the persistent memory region of an NVMe controller is enabled, written, flushed by the specification's barrier, and keeps its contents over an unbind
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

pci_up
nvme=$(find_pci 0x1b36:0x0010 4 32)
none=$(find_pci 0x1b36:0x0010 4 0)
disk=/dev/nvm1
bring_back "$nvme"
bring_back "$none"
# PMRCTL, in BAR 0; not while it is bound: the kernel keeps others off then
pmrctl() { python3 -c "
import mmap, os
f = os.open('$PCI/$nvme/resource0', os.O_RDONLY)
print(int.from_bytes(mmap.mmap(f, 4096, mmap.MAP_SHARED, mmap.PROT_READ)[0xe04:0xe08], 'little'))"; }

must bind_to "$nvme" nvm_pci
settle
same nvm_pci "$(driver_of "$nvme")" driver
same "pci-$nvme-bar4" "$(</sys/bus/nvm/devices/nvm1/uid)" uid
same device_cmd "$(</sys/bus/nvm/devices/nvm1/persistence_domain)" persistence_domain
same 0 "$(</sys/bus/nvm/devices/nvm1/read_only)" read_only
same 0 "$(</sys/block/nvm1/queue/dax)" dax

must dd if=/dev/urandom of=data bs=1M count=32 status=none
must dd if=data of=$disk bs=1M oflag=direct conv=fsync status=none
must fio_run verify --filename=$disk --rw=randwrite --bs=4k --offset=16M --size=8M --io_size=4M \
	--ioengine=psync --direct=1 --fsync=16 --verify=crc32c --do_verify=1 --verify_fatal=1
must dd if=data of=$disk bs=1M oflag=direct conv=fsync status=none

settle
must sysfs_write $DRIVER/unbind "$nvme"
must bind_to "$nvme" nvm_pci
settle
must cmp data <(dd if=$disk bs=1M iflag=direct status=none)
settle
must sysfs_write $DRIVER/unbind "$nvme"
must sysfs_write "$PCI/$nvme/enable" 1
same 0 "$(pmrctl)" 'PMRCTL when unbound'
must sysfs_write "$PCI/$nvme/enable" 0
must bind_to "$nvme" ''
settle
same nvme "$(driver_of "$nvme")" 'driver as before'

# A controller that has none is refused, with the cause.
bind_to "$none" nvm_pci
same '' "$(driver_of "$none")" driver
expect_log "nvm_pci $none: has no persistent memory region"
same nvm0 "$(regions)" regions

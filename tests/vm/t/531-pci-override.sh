# proves: nvm_pci leaves NVMe controllers and unknown memory alone until driver_override or new_id names them
# kernels: either
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

pci_up
nvme=$(find_pci 0x1b36:0x0010 4 32)
other=$(find_pci 0x1234:0x1111)
same nvme "$(driver_of "$nvme")" 'driver of the controller'
same nvm0 "$(regions)" regions
! modprobe -R "$(<"$PCI/$nvme/modalias")" | grep nvm_pci || fail "its modalias names nvm_pci"

# a card of which nothing is known: write-combining, no DAX
old=$(driver_of "$other")
bring_back "$other"
must bind_to "$other" nvm_pci
settle
same nvm_pci "$(driver_of "$other")" 'driver by driver_override'
same "pci-$other-bar0" "$(</sys/bus/nvm/devices/nvm1/uid)" uid
same $((16 * MIB)) "$(blockdev --getsize64 /dev/nvm1)" 'size of its disk'
same 0 "$(</sys/block/nvm1/queue/dax)" dax
must dd if=/dev/urandom of=data bs=1M count=16 status=none
must dd if=data of=/dev/nvm1 bs=1M oflag=direct status=none
must cmp data <(dd if=/dev/nvm1 bs=1M iflag=direct status=none)
settle
must bind_to "$other" ''
settle
same "$old" "$(driver_of "$other")" 'driver as before'
same nvm0 "$(regions)" regions

# the same by new_id, and as an ivshmem only if that is said
[ -z "$old" ] || must sysfs_write "$PCI/$other/driver/unbind" "$other"
must sysfs_write $DRIVER/new_id "1234 1111"
settle
same nvm_pci "$(driver_of "$other")" 'driver by new_id'
same 0 "$(</sys/block/nvm1/queue/dax)" dax
must sysfs_write $DRIVER/unbind "$other"
must sysfs_write $DRIVER/remove_id "1234 1111"
must_fail EINVAL sysfs_write $DRIVER/new_id "1234 1111 ffffffff ffffffff 0 0 9"
must sysfs_write $DRIVER/new_id "1234 1111 ffffffff ffffffff 0 0 1"
expect_log "nvm_pci $other: region pci-$other-bar2 .* 4096 bytes refused: its size is not a multiple of 2 MiB"
must sysfs_write $DRIVER/remove_id "1234 1111"

# there is no such BAR
none=$(find_pci 0x1b36:0x0010 4 0)
bring_back "$none"
must sysfs_write $DRIVER/new_id "1b36 0010 ffffffff ffffffff 0 0 1"
bind_to "$none" nvm_pci
expect_log "nvm_pci $none: BAR 2 is no memory"
must sysfs_write $DRIVER/remove_id "1b36 0010"
same nvm0 "$(regions)" regions

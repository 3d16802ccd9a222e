# proves: a BAR that is too small, taken by someone else or none at all is refused in one line, and nothing stays claimed
# kernels: either
# vm: pci
# shellcheck source=tests/vm/t/lib-pci.sh
. /payload/t/lib-pci.sh

must nvm_unload
at_exit nvm_unload
big=$(find_pci $IVSHMEM 2 64)
small=$(find_pci $IVSHMEM 2 1)
start=$(bar_start "$big" 2)

# someone else has half of it
must modprobe nvm_fake
must fake add a $((32 * MIB)) $((start))
must modprobe nvm_pci
same '' "$(driver_of "$big")" 'driver of what is taken'
expect_log "nvm_pci $big: BAR 2 .* belongs to nvm0"
same '' "$(driver_of "$small")" 'driver of what is too small'
expect_log "nvm_pci $small: region pci-$small-bar2 at .*, 1048576 bytes refused: its size is not a multiple of 2 MiB"
# besides the driver core's own "probe failed"
same 1 "$(dmesg_since | grep -v probe | grep -c "nvm_pci $big: ")" 'lines for it'
same 1 "$(dmesg_since | grep -v probe | grep -c "nvm_pci $small: ")" 'lines for the other'
wait_for no_claims 10
same nvm0 "$(regions)" regions

# someone who is none of ours
must fake unregister a
wait_for '! grep -q nvm_fake /proc/iomem' 10
must modprobe -r nvm_pci
must modprobe ramoops mem_address=$((start)) mem_size=0x200000 record_size=0x20000
at_exit modprobe -r ramoops
must modprobe nvm_pci
same '' "$(driver_of "$big")" 'driver of what ramoops has'
expect_log "nvm_pci $big: BAR 2 .* belongs to someone else, see /proc/iomem"
wait_for no_claims 10
must modprobe -r nvm_pci
must modprobe -r ramoops

# and now nobody
must modprobe nvm_pci
settle
same nvm_pci "$(driver_of "$big")" driver
same "pci-$big-bar2" "$(<$REGION/uid)" uid

# proves: behind the cache a region that is read-only is read, and written by nobody
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=1000 8
random_file want 2
put_file want
must sync "$DISK"
# udev looks at what was written
settle
must rmmod nvm_memmap
must modprobe nvm_memmap "map=64M@$NVM_SS:type=2:write_ns=1000:ro=1"
settle
wait_for "[ -b $DISK ]" 30
settle
same "nvm_wcache 1" "$(attr nvm0 uld) $(attr nvm0 read_only)" "ULD, read_only"
holds want || fail "other data"
must_fail EPERM dd if=want of="$DISK" bs=4k count=1 oflag=direct conv=notrunc,nocreat status=none
must_fail EPERM dd if=/dev/zero of="$DISK" bs=512 count=1 conv=fsync,nocreat,notrunc status=none
must_fail - blkdiscard "$DISK"
must sync "$DISK"
same "0 0" "$(count dirty) $(knob commands)" "dirty, commands"
holds want || fail "other data afterwards"

# proves: memory that a mount still uses after an unbind is in use: not removed, not claimed by a ULD that comes before the umount, and by it after
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh
allow_log 'EXT4-fs.*(shut down|error|I/O error|Remounting)'
allow_log 'Buffer I/O error on dev nvm0'
allow_log 'JBD2: I/O error'

at_exit nvm_unload
must modprobe nvm_memmap "map=64M@$(at 0)"
settle
must mkfs.ext4 -q -b 4096 /dev/nvm0
# udev looks at what was written, and would be one more user
settle
mkdir m
must mount -o dax=always /dev/nvm0 m
at_exit sh -c "umount -q m || :"
must sysfs_write $BUS/drivers/nvm_pmem/unbind nvm0
same "unclaimed 1" "$(attr nvm0 state) $(attr nvm0 users)" "state and users"
must refused EBUSY remove "64M@$(at 0)" "in use"
must_fail EBUSY sysfs_write $BUS/drivers/nvm_pmem/bind nvm0
same "nvm_pmem: a former disk of the region is still in use" "$(attr nvm0 declined)" declined
# refused by hand is refused; the ULD that comes is asked again
rmmod nvm_pmem 2>/dev/null && fail "nvm_pmem was unloaded under a mount"
must modprobe nvm_rival
same unclaimed "$(attr nvm0 state)" "state while mounted"
must umount m
wait_for '[ "$(attr nvm0 state)" = claimed ]' 30
settle
must sysfs_write $P/remove "64M@$(at 0)"
settle
same "" "$(regions)" regions

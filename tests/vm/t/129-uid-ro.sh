# proves: options: uid names, ro=1 makes read-only and says why; the uid outlives expansion
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 16):uid=My.own_uid-1:ro=1"
settle
same "memmap-$(printf %x "$NVM_SS")" "$(attr nvm0 uid)" "uid of nvm0"
same My.own_uid-1 "$(attr nvm1 uid)" "uid of nvm1"
must sysfs_write $P/add "8M@$(at 0),8M@$(at 16):uid=My.own_uid-1:ro=1"
same "memmap-$(printf %x "$NVM_SS")" "$(attr nvm0 uid)" "uid of nvm0 expanded"
same "0 1" "$(attr nvm0 read_only) $(attr nvm1 read_only)" "read_only of both"
same "" "$(attr nvm0 read_only_reason)" "reason of nvm0"
same "not armed (ro=1)" "$(attr nvm1 read_only_reason)" "reason of nvm1"
same "0 1" "$(cat /sys/block/nvm0/ro) $(cat /sys/block/nvm1/ro)" "ro of the disks"
must_fail - dd if=/dev/zero of=/dev/nvm1 bs=4k count=1 oflag=direct status=none
must dd if=/dev/zero of=/dev/nvm0 bs=4k count=1 oflag=direct status=none
settle

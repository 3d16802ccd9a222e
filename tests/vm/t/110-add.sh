# proves: add adds and expands, and removes nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
must sysfs_write $P/add "4M@$(at 32)"
must sysfs_write $P/add "8M@$(at 0),2M@$(at 64)"
same "8M@$(at 0),4M@$(at 32),2M@$(at 64)" "$(cat $P/map)" map
settle
same $((8 << 20)) "$(attr nvm0 size)" "size of nvm0"
same "nvm0 nvm1 nvm2" "$(regions | xargs)" regions

# proves: add= and remove= are ignored on load
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)" "add=4M@$(at 32)" "remove=4M@$(at 0)"
same "4M@$(at 0)" "$(cat $P/map)" map
expect_log 'nvm_memmap: add= is ignored on load'
expect_log 'nvm_memmap: remove= is ignored on load'
settle
must rmmod nvm_memmap
must modprobe nvm_memmap "add=nonsense" "remove=2M@0x1"
same "" "$(cat $P/map)" map

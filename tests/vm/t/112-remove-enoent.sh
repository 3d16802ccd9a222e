# proves: remove of what is not there exactly is ENOENT and removes nothing
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=8M@$(at 0),4M@$(at 32):ro=1"
settle
must refused ENOENT remove "8M@$(at 64)" "8M@$(at 64)" "no device starts here"
must refused ENOENT remove "4M@$(at 0)" "the device here is 8M@$(at 0)"
must refused ENOENT remove "16M@$(at 0)"
must refused ENOENT remove "6M@$(at 2)"
must refused ENOENT remove "8M@$(at 0),4M@$(at 32),2M@$(at 64)"
must refused ENOENT remove "8M@$(at 0):uid=other"
must refused ENOENT remove "4M@$(at 32):ro=0"
must refused ENOENT remove "2M@0x4000000000000"
must refused EEXIST remove "8M@$(at 0),8M@$(at 0)"

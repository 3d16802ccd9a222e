# proves: a smaller size at the same start is EINVAL
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=8M@$(at 0)"
settle
for param in map add; do
	must refused EINVAL $param "6M@$(at 0)" "6M@$(at 0)" "cannot shrink" "8M@$(at 0)"
done
must refused EINVAL map "4M@$(at 32),2M@$(at 0)" "cannot shrink"
# also one that could not be taken for another reason
must refused EINVAL map "6M@$(at 0):ro=1"

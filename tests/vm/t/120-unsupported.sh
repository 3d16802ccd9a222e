# proves: types that are not emulated and ULDs that cannot grow are EOPNOTSUPP
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_rival
must modprobe nvm_memmap "map=4M@$(at 0)"
must sysfs_write $BUS/flush 1
same nvm_rival "$(attr nvm0 uld)" "ULD"
for param in map add; do
	must refused EOPNOTSUPP $param "8M@$(at 0)" "8M@$(at 0)" "driver of nvm0 cannot expand it"
	must refused EOPNOTSUPP $param "4M@$(at 8),8M@$(at 0)" "nvm0"
	for type in 3:window=2M:windows=1 4; do
		must refused EOPNOTSUPP $param "4M@$(at 0),4M@$(at 32):type=$type" \
			"4M@$(at 32): type=${type%%:*} is not emulated"
	done
done

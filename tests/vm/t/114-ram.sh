# proves: what is system RAM is EBUSY
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
# ram ADDRESS: the RAM around it is refused
for ram in 0x1000000 $((NVM_SS - (4 << 20))); do
	for param in map add; do
		must refused EBUSY $param "2M@$ram" "system RAM" "boot with memmap=2M\$0x"
		must refused EBUSY $param "4M@$(at 0),2M@$ram" "2M@$(printf 0x%x "$ram")"
	done
done
# half of it is RAM
must sysfs_write $P/map $'\n'
must refused EBUSY add "8M@$(printf 0x%x $((NVM_SS - (4 << 20))))" "system RAM"

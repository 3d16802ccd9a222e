# proves: what is outside the range the kernel can map is ERANGE
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

beyond_cpu()
{
	printf '0x%x' $((1 << $(sed -n 's/^address sizes.*: \([0-9]*\) bits physical.*/\1/p' /proc/cpuinfo | head -n 1)))
}

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
for param in map add; do
	must refused ERANGE $param "4M@$(at 0),2M@0x4000000000000" \
		"2M@0x4000000000000: outside what this machine can map"
	must refused ERANGE $param "4M@$(at 0),2M@0xffffffffffc00000" "outside"
	# what the CPU can address is less than what the kernel could map
	must refused ERANGE $param "4M@$(at 0),2M@$(beyond_cpu)" "outside"
done
must refused ERANGE add "1024T@0x4000000000000" "1024T@0x4000000000000: outside"

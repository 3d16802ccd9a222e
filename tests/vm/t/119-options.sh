# proves: an unknown or wrong option is EINVAL, and so are others than the device's
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0),4M@$(at 8):ro=1"
settle
S=4M@$(at 32)
long=$(printf '%065d' 0)
for bad in "" : = x x=1 type type= type=0 type=5 type=1K type=-1 type=one type=1:type=1 Type=1 " type=1" \
	uid= "uid=$long" uid=a/b "uid=a b" uid=a:b ro= ro=2 ro=y numa=x numa=65536 numa=7 window=2M \
	windows=1 type=3 type=3:window=2M type=3:window=3M:windows=1 type=3:window=2M:windows=0 \
	type=2:write_unit=0 type=2:write_unit=3K type=2:erase_unit=2K type=2:busy_unit=2K \
	type=2:max_transfer=6K type=2:depth=0 type=2:timeout=0 type=2:jitter=101 type=2:lose=1 \
	type=2:buffer=1K type=2 depth=2 \
	type=3:window=2M:windows=3 type=3:window=8M:windows=1 type=1:window=2M:windows=1
do
	must refused EINVAL add "$S:$bad"
	must refused EINVAL map "4M@$(at 0),$S:$bad"
done
must refused EINVAL add "$S:x=1" "$S" "unknown option"
must refused EINVAL add "$S:ro=2" "ro" "out of range"
must refused EINVAL add "$S:numa=7" "no such node"
# the same nn@ss with other options
for param in map add; do
	for other in "4M@$(at 0):ro=1" "4M@$(at 0):uid=u" "4M@$(at 0):numa=0" "4M@$(at 8)" "8M@$(at 8)" \
		"8M@$(at 0):ro=1"; do
		must refused EINVAL $param "$other" "the options differ"
	done
done
must sysfs_write $P/map "4M@$(at 0):type=1:ro=0,4M@$(at 8):ro=0x1"

# proves: whatever is written to map, add and remove: taken as said, or refused and nothing changed
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

seed=$(date +%s)
echo "seed $seed"
at_exit nvm_unload
must modprobe nvm_memmap
before=$(grep -v nvm /proc/iomem)
must fuzz-params "$seed" 1500 "$(at 0)"
must fuzz-params 42 500 "$(at 64)"
settle
must sysfs_write $P/map $'\n'
same "" "$(regions)" regions
same "$before" "$(cat /proc/iomem)" "/proc/iomem"
must sysfs_write $P/map "4M@$(at 0)"
settle

# proves: the arrival of a region of type 2 loads nvm_wcache and with it nvm_cache, by the modalias
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

at_exit nvm_unload
must modprobe nvm_memmap
settle
for m in nvm_wcache nvm_cache; do
	[ ! -e /sys/module/$m ] || fail "$m is there without a region"
done
must sysfs_write "$P/add" "64M@$NVM_SS:type=2"
settle
for m in nvm_wcache nvm_cache; do
	[ -e /sys/module/$m ] || fail "$m was not loaded"
done
same "claimed nvm_wcache nvm0" "$(attr nvm0 state) $(attr nvm0 uld) $(attr nvm0 disk)" "state, ULD, disk"
[[ $(modprobe -R "$(attr nvm0 modalias)") = *nvm_wcache* ]] || fail "the modalias names $(modprobe -R "$(attr nvm0 modalias)")"
# a sixteenth of the RAM, but no more than there is of the region
size=$(blockdev --getsize64 "$DISK")
[ "$(count memory_max)" -le "$size" ] || fail "$(count memory_max) bytes for a region of $size"
[ "$(count memory_max)" -gt $((size - MIB)) ] || fail "$(count memory_max) bytes for a region of $size"

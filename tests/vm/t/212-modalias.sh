# proves: the modalias is the uevent's, and says type and capabilities
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap "map=4M@$(at 0)"
must sysfs_write $FAKE "add f $((4 << 20)) $(at 16) 3"
settle
# clear_poison, dax, grow; flush, clear_poison, dax
same nvm:t1c0000000000000092 "$(attr nvm0 modalias)" "modalias of nvm0"
same nvm:t1c0000000000000013 "$(attr nvm1 modalias)" "modalias of nvm1"
for r in nvm0 nvm1; do
	same "$(attr $r modalias)" "$(sed -n 's/^MODALIAS=//p' $BUS/devices/$r/uevent)" "MODALIAS of $r"
	same "$(attr $r uid)" "$(sed -n 's/^NVM_UID=//p' $BUS/devices/$r/uevent)" "NVM_UID of $r"
	same "$(attr $r lld)" "$(sed -n 's/^NVM_LLD=//p' $BUS/devices/$r/uevent)" "NVM_LLD of $r"
	same "$(attr $r type)" "$(sed -n 's/^NVM_TYPE=//p' $BUS/devices/$r/uevent)" "NVM_TYPE of $r"
done

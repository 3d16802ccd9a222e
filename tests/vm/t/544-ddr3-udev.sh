# proves: the example of a udev rule gives memory that the BIOS marks as persistent to nvm_ddr3_e820, and nd_e820, loaded by the same event, does not get it
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh

e820_free
at_exit nvm_unload
rules=/etc/udev/rules.d/90-nvm-ddr3.rules
must cp /payload/scripts/udev/90-nvm-ddr3.rules.example $rules
at_exit udev_reload
at_exit rm $rules
udev_reload
must modprobe -r nd_e820
must sysfs_write $DEV/uevent add
settle
wait_for '[ -e /sys/bus/nvm/devices/nvm0 ]' 30
same nvm_ddr3_e820 "$(basename "$(readlink $DEV/driver)")" driver
wait_for '[ -e /sys/module/nd_e820 ]' 30
same nvm_ddr3_e820 "$(</sys/bus/nvm/devices/nvm0/lld)" lld
wait_for '[ -b /dev/nvm0 ]' 30
settle

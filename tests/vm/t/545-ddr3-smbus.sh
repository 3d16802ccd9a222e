# proves: a module that its SPD on the real SMBus says is energy-backed is armed, then its region appears and can be mounted; one that is armed is left alone
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

smbus_up
smbus_load
disk_up
same 1 "$(<$CTRL/arms)" 'commands to arm'
same nvm0 "$(regions)" regions
same ddr3-0140-VR7VA567228FBZ-12345678 "$(<$REGION/uid)" uid
same Viking-VR7VA567228FBZ "$(<$REGION/model)" model
same nvm_ddr3_smbus "$(<$REGION/lld)" lld
same "$START $SIZE" "$(<$REGION/start) $(<$REGION/size)" range
same memory_controller "$(<$REGION/persistence_domain)" persistence_domain
same '' "$(<$REGION/read_only_reason)" read_only_reason
[ /dev/disk/by-id/nvm-ddr3-0140-VR7VA567228FBZ-12345678 -ef $DISK ] || fail "udev does not name it"
same 1 "$(smbus_claims)" claims
put_fs ext4 /mnt/a
must cp /payload/lib.sh /mnt/a
must umount /mnt/a
settle
must rmmod nvm_ddr3_smbus
same '' "$(regions)" 'regions afterwards'
same 0 "$(smbus_claims)" 'claims afterwards'

# it stays armed without us, and is not armed again
smbus_load
disk_up
must mount_fs /mnt/a
must cmp /payload/lib.sh /mnt/a/lib.sh
must umount /mnt/a
same 1 "$(<$CTRL/arms)" 'commands to arm one that is armed'
settle
must rmmod nvm_ddr3_smbus

# the kernel's own model of a chip: it does nothing, but the BIOS may have
at_exit modprobe -r i2c-stub
must modprobe i2c-stub chip_addr=0x28 bank_reg=0 bank_mask=0x03 bank_start=0x01 bank_end=0xff
stub=$(bus_of 'SMBus stub')
PLACE=$SPD_BUS-0x51:$stub-0x28
poke() { must i2cset -y "$stub" 0x28 "$@" >/dev/null; }
poke 0x00 0
poke 0x60 0xa5
poke 0x6a 0x05
poke 0x00 2
smbus_load
disk_up
same '' "$(<$REGION/read_only_reason)" 'read_only_reason by i2c-stub'
same 0x00 "$(i2cget -y "$stub" 0x28 0x00)" 'page that is open'
poke 0xa2 0x01
# shellcheck disable=SC2016 # wait_for evaluates it
wait_for '[[ $(<$REGION/read_only_reason) == *"not enough energy"* ]]'
settle
must rmmod nvm_ddr3_smbus
# one that is told to arm and does not
poke 0xa2 0
poke 0x6a 0
poke 0x20 100
refused_all '0x130000000, 134217728 bytes: cannot be enabled: -(ETIMEDOUT|110): arming does not end'

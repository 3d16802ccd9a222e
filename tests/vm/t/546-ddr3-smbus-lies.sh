# proves: an SPD, a controller or a parameter that lies makes nothing a region, nothing is claimed or armed wrongly, and one line says why
# kernels: either
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh

smbus_up
range='0x130000000, 134217728 bytes'
# cannot LINE: refused when it was to be enabled
cannot() { refused_all "$range: cannot be enabled: -[A-Z0-9]+: $1"; }

# the SPD
spd 0x51 VR7VA567228FBZ 12345678 vendor=802c
refused_all 'module at i2c-[0-9]+, 0x51: it is not 0140:VR7VA'
spd 0x51 VR7PA567228FBZ 12345678
refused_all 'module at i2c-[0-9]+, 0x51: it is not 0140:VR7VA'
spd 0x51 none
refused_all 'module at i2c-[0-9]+, 0x51: it is not 0140:VR7VA'
spd 0x51 VR7VA567228FBZ 12345678 spoiled
refused_all 'module at i2c-[0-9]+, 0x51: the checksum of its SPD is wrong'
spd 0x51 VR7VA567228FBZ 12345678 small
refused_all "$range: the module has 33554432, says its SPD"
place=$PLACE
PLACE=99-0x51:$CTRL_BUS-0x28
refused_all 'module at i2c-99, 0x51: there is no such bus'
PLACE=$CTRL_BUS-0x51:$CTRL_BUS-0x28
refused_all 'module at i2c-[0-9]+, 0x51: does not answer'
same 0 "$(<$CTRL/arms)" 'commands to arm what is not one'
PLACE=$place
spd 0x51 VR7VA567228FBZ 12345678

# the controller
PLACE=$SPD_BUS-0x51:$CTRL_BUS-0x29
cannot 'its controller does not answer'
PLACE=$SPD_BUS-0x51:99-0x28
cannot 'its controller does not answer'
PLACE=$place
ctrl poke '60 5a'
cannot 'its controller is not ready \(NVDIMM_READY\)'
ctrl poke '60 a5'
ctrl poke '20 0'
cannot 'its controller states an absurd time-out'
ctrl poke '20 ff'
ctrl poke '21 ff'
cannot 'its controller states an absurd time-out'
same 0 "$(<$CTRL/arms)" 'commands to arm for an absurd time'
ctrl poke '20 c8'
ctrl poke '21 0'
ctrl arm deaf
cannot 'arming does not end \(ARM_STATUS\)'
ctrl arm hangs
cannot 'arming does not end \(ARM_STATUS\)'
# the last one still keeps it busy
cannot 'its controller is busy \(NVDIMM_CMD_STATUS0\)'
ctrl poke '61 0'
ctrl arm fails
cannot 'arming failed \(ARM_STATUS\)'
ctrl arm ok
before=$(<$CTRL/transfers)
for nack in 0 1 3 9 12 14; do
	ctrl nack $nack
	cannot 'its controller (does not answer|takes no command)'
done
[ "$(<$CTRL/transfers)" -gt "$before" ] || fail "nobody asked the controller"
ctrl nack -1

# the memory
SIZE=$((2 << 20)) START=0x100000
must_fail - modprobe nvm_ddr3_smbus part=$PART "modules=$PLACE:$SIZE@$START"
expect_log 'the start is not a multiple of 2M'
START=0x1000000
refused_all '0x1000000, 2097152 bytes: is or has system RAM'
START=0xc0000000
refused_all '0xc0000000, 2097152 bytes: 0x.* is for PCI devices'
START=0x8000000000000
refused_all '0x8000000000000, 2097152 bytes: outside what this machine can map'
START=0x130000000 SIZE=$((128 << 20))
must sysfs_write $PLATFORM/drivers_probe e820_pmem
wait_for 'grep -q namespace /proc/iomem'
arms=$(<$CTRL/arms)
refused_all "$range: 0x.* belongs to a driver of persistent memory"
same "$arms" "$(<$CTRL/arms)" 'commands to arm what another driver has'
udevadm settle
must sysfs_write $DEV/driver/unbind e820_pmem

# the parameters
wrong_list() { must_fail - modprobe nvm_ddr3_smbus part=$PART "modules=$1" && expect_log "nvm_ddr3_smbus: .*: $2"; }
wrong_list "$PLACE" 'not of the form SPD:CONTROLLER:size@start'
wrong_list "$PLACE:1M@$START" 'the size is not a multiple of 2M'
wrong_list "$SPD_BUS-0x51:0-0x31:2M@0" 'a write there can lock an SPD for good'
wrong_list "$PLACE:2M@0,$PLACE:2M@2M" 'the same SPD as before'
must_fail - modprobe nvm_ddr3_smbus "modules=$PLACE:2M@0"
expect_log 'nvm_ddr3_smbus: modules= needs part='
must modprobe nvm_ddr3_smbus part=$PART
must nvmctl scan
same '' "$(regions)" 'regions of a driver that was told of no module'
must rmmod nvm_ddr3_smbus
# and with nothing wrong
smbus_load
settle
same nvm0 "$(regions)" regions

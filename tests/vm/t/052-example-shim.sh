# proves: the example of a shim arms its module on an I2C bus, makes a region of its memory, sees that it cannot save any more, and goes with the device
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

e820_free
at_exit modprobe -r i2c-stub
at_exit nvm_unload
must modprobe i2c-stub chip_addr=0x21
must modprobe i2c-dev
udevadm settle
bus=$(bus_of 'SMBus stub')
poke() { must i2cset -y "$bus" 0x21 "$@" >/dev/null; }
must modprobe example_shim start=$START size=$SIZE
# it does what the last write said, and nothing by itself: first what is no NV1
must sysfs_write "/sys/bus/i2c/devices/i2c-$bus/new_device" 'example_nv1 0x21'
expect_log "$START, $SIZE bytes: cannot be enabled: -(ENODEV|19): what answers is not an NV1"
poke 0x00 0x4e
again() { must sysfs_write /sys/bus/i2c/drivers_probe "$bus-0021"; }
again
expect_log "$START, $SIZE bytes: cannot be enabled: -(ETIMEDOUT|110): it cannot be armed"
same 0x01 "$(i2cget -y -f "$bus" 0x21 0x02)" 'command'
same '' "$(regions)" 'regions of what is not armed'
poke 0x01 0x03
again
disk_up
same "ddr3-${START#0x} NV1 $START" "$(<$REGION/uid) $(<$REGION/model) $(<$REGION/start)" 'region'
same '' "$(<$REGION/read_only_reason)" read_only_reason
must write_at 0 4096
must i2cset -y -f "$bus" 0x21 0x01 0x01
# shellcheck disable=SC2016 # wait_for evaluates it
wait_for '[ "$(<$REGION/read_only_reason)" = "not enough energy for a save" ]'
must_fail - write_at 0 4096
settle
must sysfs_write "/sys/bus/i2c/devices/i2c-$bus/delete_device" 0x21
same '' "$(regions)" 'regions of a device that is gone'
must rmmod example_shim

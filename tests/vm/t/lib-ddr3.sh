#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_ddr3_e820 and nvm_ddr3_smbus share. Not a test itself: its name does not
# begin with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

PLATFORM=/sys/bus/platform
DEV=$PLATFORM/devices/e820_pmem

# e820_free: nobody has the device, as if nd_e820 were not there; the machine
# gets it back as it was
e820_free()
{
	local had=

	udevadm settle
	if [ -e $DEV/driver ]; then
		had=$(basename "$(readlink $DEV/driver)")
		must sysfs_write $DEV/driver/unbind e820_pmem
	fi
	at_exit e820_back "$had"
}

e820_back()
{
	sysfs_write $DEV/driver_override $'\n'
	[ -z "$1" ] || sysfs_write $PLATFORM/drivers_probe e820_pmem
}

# e820_take [PARAMETER...]: nvm_ddr3_e820 is loaded, and gets it
# shellcheck disable=SC2120 # also without any
e820_take()
{
	must sysfs_write $DEV/driver_override nvm_ddr3_e820
	must modprobe nvm_ddr3_e820 "$@"
	settle
	[ "$(basename "$(readlink $DEV/driver)")" = nvm_ddr3_e820 ] || fail "e820_pmem is not nvm_ddr3_e820's"
}

claims() { grep -c ' : nvm_ddr3_e820$' /proc/iomem; }

# bus_of NAME: the number of an I2C bus
bus_of()
{
	local file

	file=$(grep -l "$1" /sys/bus/i2c/devices/i2c-*/name) || fail "there is no bus $1"
	file=${file%/name}
	echo "${file##*/i2c-}"
}

# spd_up SLOT...: the SMBus as QEMU has it, with an EEPROM that can be written in
# each of the eight slots; these are empty again at the end
spd_up()
{
	local slot

	cat >spd.py <<'PY'
import binascii, ctypes, fcntl, os, sys
I2C_SLAVE, I2C_SMBUS, WRITE, BYTE_DATA = 0x703, 0x720, 0, 2
class Args(ctypes.Structure):
    _fields_ = [("rw", ctypes.c_uint8), ("command", ctypes.c_uint8),
                ("size", ctypes.c_uint32), ("data", ctypes.c_void_p)]
bus, slot, what, words = sys.argv[1], int(sys.argv[2], 0), sys.argv[3], sys.argv[5:]
spd = bytearray(148)
if what != "none":
    # 1 Gbit x8, one rank, 64 bits: 1 GiB
    spd[0:9] = b"\x12\x11\x0b\x01\x02\x00\x00\x01\x03"
    spd[117:119] = b"\x01\x40"
    spd[122:126] = int(sys.argv[4], 16).to_bytes(4, "big")
    spd[128:146] = what.encode().ljust(18)
    for word in words:
        if word.startswith("vendor="):
            spd[117:119] = bytes.fromhex(word[7:])
        if word == "small":
            spd[4] = 0
            spd[8] = 0
    spd[126:128] = binascii.crc_hqx(bytes(spd[:126]), 0).to_bytes(2, "little")
    if "spoiled" in words:
        spd[5] ^= 1
def write(file, args, tries=5):
    # on a busy host the guest's driver runs out of time
    try:
        fcntl.ioctl(file, I2C_SMBUS, args)
    except TimeoutError:
        if not tries:
            raise
        write(file, args, tries - 1)
file = os.open("/dev/i2c-" + bus, os.O_RDWR)
fcntl.ioctl(file, I2C_SLAVE, slot)
for at, byte in enumerate(spd):
    data = ctypes.create_string_buffer(bytes([byte]), 34)
    args = Args(WRITE, at, BYTE_DATA, ctypes.addressof(data))
    write(file, args)
PY
	must modprobe i2c-i801
	must modprobe i2c-dev
	udevadm settle
	SPD_BUS=$(bus_of 'SMBus I801')
	for slot; do
		at_exit python3 -S spd.py "$SPD_BUS" "$slot" none
	done
}

# spd SLOT PART SERIAL [WORD...]: what is in a slot: by Viking, or vendor=VVVV;
# spoiled: its checksum is wrong; small: it has 32 MiB; or SLOT none
spd() { must python3 -S spd.py "$SPD_BUS" "$@"; }

# What nvm_ddr3_smbus is told in its tests: a module in slot 0x51 whose memory
# the BIOS has marked, and whose controller is nvm_fake_ctrl.
SMBUS=$PLATFORM/drivers/nvm_ddr3_smbus
CTRL=/sys/module/nvm_fake_ctrl/parameters
START=0x130000000
SIZE=$((128 << 20))
PART=0140:VR7VA

# ctrl_up: the controller; ready, healthy, not armed
ctrl_up()
{
	must modprobe nvm_fake_ctrl
	CTRL_BUS=$(bus_of nvm_fake_ctrl)
	PLACE=$SPD_BUS-0x51:$CTRL_BUS-0x28
}

# smbus_up: all that a module needs, but its driver
smbus_up()
{
	spd_up 0x51
	spd 0x51 VR7VA567228FBZ 12345678
	e820_free
	at_exit nvm_unload
	ctrl_up
}

# ctrl NAME VALUE: what the controller does; ctrl poke 'REGISTER VALUE'
ctrl() { must sysfs_write "$CTRL/$1" "$2"; }

# smbus_load [PARAMETER...]
smbus_load() { must modprobe nvm_ddr3_smbus "part=$PART" "modules=$PLACE:$SIZE@$START" poll_ms=100 "$@"; }

smbus_claims() { grep -c ' : nvm_ddr3_smbus$' /proc/iomem; }

# said LINE: how often the driver has said it
said() { dmesg_since | grep -cE -- "nvm_ddr3_smbus nvm_ddr3_smbus.0: $1"; }

# refused LINE [PARAMETER...]: no region and no claim comes of the module, the log
# says why; the driver stays
refused()
{
	local line=$1 had times

	shift
	had=$(regions)
	times=$(said "$line")
	smbus_load "$@"
	[ "$(said "$line")" -gt "$times" ] || fail "it has not said: $line"
	same "$had" "$(regions)" "regions: $line"
	same 0 "$(smbus_claims)" "claims: $line"
}

# refused_all LINE [PARAMETER...]: so, and the driver goes again
refused_all()
{
	refused "$@"
	must rmmod nvm_ddr3_smbus
}

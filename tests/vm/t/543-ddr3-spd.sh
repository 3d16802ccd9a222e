# proves: a module names its region by the identity in its SPD, read over the real SMBus, if one is of the kind that was named; else the address does
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh

# QEMU has an EEPROM that can be written in each of the eight slots.
cat >spd.py <<'PY'
import binascii, ctypes, fcntl, os, sys
I2C_SLAVE, I2C_SMBUS, WRITE, BYTE_DATA = 0x703, 0x720, 0, 2
class Args(ctypes.Structure):
    _fields_ = [("rw", ctypes.c_uint8), ("command", ctypes.c_uint8),
                ("size", ctypes.c_uint32), ("data", ctypes.c_void_p)]
bus, slot, what = sys.argv[1], int(sys.argv[2], 0), sys.argv[3]
spd = bytearray(148)
if what != "none":
    spd[0:4] = b"\x12\x11\x0b\x01"
    spd[117:119] = b"\x01\x40"
    spd[122:126] = int(sys.argv[4], 16).to_bytes(4, "big")
    spd[128:146] = what.encode().ljust(18)
    spd[126:128] = binascii.crc_hqx(bytes(spd[:126]), 0).to_bytes(2, "little")
    if sys.argv[5:] == ["spoiled"]:
        spd[5] ^= 1
file = os.open("/dev/" + bus, os.O_RDWR)
fcntl.ioctl(file, I2C_SLAVE, slot)
for at, byte in enumerate(spd):
    data = ctypes.create_string_buffer(bytes([byte]), 34)
    args = Args(WRITE, at, BYTE_DATA, ctypes.addressof(data))
    fcntl.ioctl(file, I2C_SMBUS, args)
PY

must modprobe i2c-i801
must modprobe i2c-dev
udevadm settle
bus=$(grep -l 'SMBus I801' /sys/bus/i2c/devices/i2c-*/name) || fail "there is no SMBus"
bus=$(basename "$(dirname "$bus")")
spd() { must python3 -S spd.py "$bus" "$@"; }
at_exit python3 -S spd.py "$bus" 0x51 none
at_exit python3 -S spd.py "$bus" 0x54 none

e820_free
at_exit nvm_unload
uid() { cat /sys/bus/nvm/devices/nvm0/uid; }
again() { must rmmod nvm_ddr3_e820; e820_take part=0140:VR7VA; }

spd 0x51 VR7VA567228FBZ 12345678
e820_take part=0140:VR7VA
same ddr3-0140-VR7VA567228FBZ-12345678 "$(uid)" 'uid by SPD'
expect_log '0x51: vendor 0140, part VR7VA567228FBZ, serial 12345678'

# another kind beside it changes nothing
spd 0x54 M393B1K70 87654321
again
same ddr3-0140-VR7VA567228FBZ-12345678 "$(uid)" 'uid beside plain memory'

# two of the kind: nobody says which has the range
spd 0x54 VR7VA567228FBZ 87654321
again
same ddr3-130000000 "$(uid)" 'uid of one of two'
expect_log '1 ranges, 2 modules 0140:VR7VA: named by address'

# what lies is not believed
spd 0x54 none
spd 0x51 VR7VA567228FBZ 12345678 spoiled
again
same ddr3-130000000 "$(uid)" 'uid with a wrong checksum'
expect_log '0x51: the checksum of its SPD is wrong'

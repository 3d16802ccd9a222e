# proves: a module names its region by the identity in its SPD, read over the real SMBus, if one is of the kind that was named; else the address does
# kernels: either
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh

spd_up 0x51 0x54
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

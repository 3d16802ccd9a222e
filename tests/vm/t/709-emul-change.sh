# proves: what a driver of a type-2 device is told can be changed by files while nobody has the device, as if its element had said so: the next driver keeps to it, map shows it and takes it, data and buffer stay; else it is refused, with the cause
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

REFUSED="emulation/%s: .*%s"

# let_go: nvm_raw has it no more, nor udev the disk it had
let_go()
{
	must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
	wait_for "turn timeout $(knob timeout)" 20
}

bind_raw()
{
	must sysfs_write "$BUS/drivers/nvm_raw/bind" nvm0
	wait_for "[ -b $DISK ]" 30
	settle
}

# is_made OPTIONS: map and element show the device so
is_made()
{
	same "64M@$(at 0):type=2$1" "$(cat "$P/map")" map
	same "$(cat "$P/map")" "$(attr nvm0 element)" element
}

# refuses_all ERRNO: NAME VALUE CAUSE in each line of the standard input, and nothing changes
refuses_all()
{
	local before name value cause

	before=$(cat "$P/map")
	while read -r name value cause; do
		must_fail "$1" turn "$name" "$value"
		# shellcheck disable=SC2059
		expect_log "$(printf "$REFUSED" "$name" "$cause")"
	done
	same "$before" "$(cat "$P/map")" "map after refusals"
}

emul_up 64M:write_ns=1000
must put_block 0 o 64
refuses_all EBUSY <<END
write_unit 512 nvm_raw has it: unbind it first
erase_unit 128K nvm_raw has it
busy_unit 8K nvm_raw has it
max_transfer 8K nvm_raw has it
timeout 100 nvm_raw has it
buffer 64K nvm_raw has it
depth 9 nvm_raw has it
END
exec 7<"$DISK"
must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
refuses_all EBUSY <<<"write_unit 512 a former disk of it is still in use"
exec 7<&-
wait_for "turn timeout 5000" 20
refuses_all EINVAL <<END
write_unit 3K write_unit is not a power of two
write_unit 256 the value is out of range
write_unit 4k4 not a number
write_unit 128K erase_unit is smaller than write_unit
erase_unit 2K erase_unit is smaller than write_unit
busy_unit 2K busy_unit is smaller than write_unit
max_transfer 6K max_transfer is not a multiple of write_unit
timeout 0 the value is out of range
buffer 5K buffer is not a multiple of write_unit
buffer 60M the undo log of the device leaves nothing of it
END
# in the right order, and back
must turn erase_unit 128K
must turn write_unit 128K
is_made :write_unit=128K:erase_unit=128K:write_ns=1000
same "131072 131072" "$(knob write_unit) $(knob busy_unit)" "write_unit, and busy_unit, which went along"
refuses_all EINVAL <<<"erase_unit 64K erase_unit is smaller than write_unit"
must turn write_unit 4K
must turn erase_unit 64K
is_made :write_ns=1000

# each takes effect
must turn write_unit 512
must turn max_transfer 8K
bind_raw
same 512 "$(blockdev --getss "$DISK")" "sector of the disk"
commands=$(knob commands)
must put_block 0 a 16
same 8 "$(($(knob commands) - commands))" "commands of 64K"
must is_block 0 a 16
must is_block 16 o 48
let_go
must turn write_unit 4K
must turn busy_unit 16K
# long enough to look meanwhile
late=$((6000 * NVM_SCALE))
must turn timeout $late
bind_raw
must sysfs_write /sys/module/nvm_raw/parameters/cheat 1
must turn stall 1
put_block 5 n 2>/dev/null &
writer=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 20
wait_for '! is_block 4 a' 5 || fail "all that is busy is $(knob busy_unit) bytes"
must is_block 8 a
ends_badly $writer
expect_log "no end of a command in $late ms"
must sysfs_write /sys/module/nvm_raw/parameters/cheat 0
let_go
must turn depth 16
is_made :busy_unit=16K:max_transfer=8K:depth=16:timeout=$late:write_ns=1000
bind_raw
must turn write_ns 300000000
must turn most_in_flight 0
must fio --name=w --filename="$DISK" --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=32 \
	--rw=write:8k --bs=8k --size=2M --io_size=512k --output=fio.out
same 16 "$(knob most_in_flight)" "most commands at a time"
must turn write_ns 1000
# the cache's blocks are not less than the device writes
let_go
must turn write_unit 8K
hand_to nvm_wcache
same 8192 "$(cat /sys/block/nvm0/queue/discard_granularity)" "a block of the cache"
must put_block 8 c 3
must sync "$DISK"
must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
must sysfs_write "$REGION/driver_override" nvm_raw
wait_for "turn write_unit 4K" 20

# the log is as large as it has to be, and so is the region
same $((62 * MIB)) "$(attr nvm0 size)" "size of the region"
must turn buffer 4M
same "$((58 * MIB)) device_cmd" "$(attr nvm0 size) $(attr nvm0 persistence_domain)" "size, domain with a buffer"
must turn lose 1
bind_raw
same $((58 * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
must is_block 8 c 3
must put_block 0 s 4
must sync "$DISK"
must put_block 0 t 4
let_go
# what the buffer had is not lost with it
refuses_all EINVAL <<<"buffer 0 lose=1 without a buffer that could be lost"
must turn buffer 64K
same $((62 * MIB)) "$(attr nvm0 size)" "size of the region"
bind_raw
must put_block 4 u 4
is_made :busy_unit=16K:max_transfer=8K:depth=16:timeout=$late:write_ns=1000:buffer=64K:lose=1
must sysfs_write "$P/map" "$(cat "$P/map")"
must turn power_cut 1
sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
refuses_all ENODEV <<<"erase_unit 128K its power is cut"
now=$(attr nvm0 element)
nvm_unload
must modprobe nvm_raw
emul_add "64M:${now#*:type=2:}"
is_made ":${now#*:type=2:}"
must is_block 0 t 4
must is_block 8 c 3
! is_block 4 u 4 || fail "what the new buffer had is not lost"
expect_log 'the power was cut: 4 write units restored'
# without one again
let_go
must turn lose 0
must turn buffer 0
same none "$(attr nvm0 persistence_domain)" "domain without a buffer"

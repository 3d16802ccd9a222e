# proves: what was written to an emulated device of type 2 is there, at any depth, also over each other; its limits are kept to
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

MIB=$((1 << 20))

fio_verify()
{
	must fio --name=v --filename=$DISK --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=16 \
		--verify=crc32c --verify_fatal=1 --randseed="$RANDOM" --output=fio.out "$@" || cat fio.out
}

emul_up 64M:write_ns=20000
same "2 nvm_raw $((60 * MIB)) none" \
	"$(attr nvm0 type) $(attr nvm0 uld) $(attr nvm0 size) $(attr nvm0 persistence_domain)" "region"
same "clear_poison,submit,discard,grow" "$(attr nvm0 capabilities | tr ' ' ,)" capabilities
same $((60 * MIB)) "$(blockdev --getsize64 $DISK)" "size of the disk"
same "64M@$(at 0):type=2:write_ns=20000" "$(cat "$P/map")" map
fio_verify --rw=randwrite --bsrange=4k-512k --bs_unaligned=0 --size=48M --norandommap --io_size=48M
fio_verify --rw=randrw --bs=4k --size=2M --io_size=8M --verify_backlog=16
same 0 "$(knob in_flight)" "commands in flight"
[ "$(knob most_in_flight)" -le 8 ] || fail "$(knob most_in_flight) commands at a time"
[ "$(knob most_in_flight)" -gt 1 ] || fail "no two commands at a time"
[ "$(knob bytes)" -ge $((48 * MIB)) ] || fail "only $(knob bytes) bytes"
# udev looks at what was written
settle
must sysfs_write "$P/remove" "64M@$NVM_SS"
# small units, one busy unit of many; a transfer that is no power of two; a buffer
emul_add 64M:write_ns=5000:write_unit=512:busy_unit=32K:erase_unit=512:max_transfer=12K:depth=3:buffer=256K:lose=1
same "device_cmd 512" "$(attr nvm0 persistence_domain) $(blockdev --getss $DISK)" "domain, sector"
fio_verify --rw=randwrite --bsrange=512-40k --bs_unaligned=0 --size=8M --norandommap --io_size=8M --fsync=32
[ "$(knob most_in_flight)" -le 3 ] || fail "$(knob most_in_flight) commands at a time"
# what is read lies beside what is being written, in the same busy unit
must turn write_ns 1000000
fio_verify --rw=randwrite --bs=4k --size=1M --verify_backlog=4 --loops=4

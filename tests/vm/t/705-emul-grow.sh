# proves: a device of type 2 grows under I/O, its log moves to the new end; a growth that fails changes nothing, and one whose power is cut does not grow
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

MIB=$((1 << 20))
emul_up 64M:write_ns=20000:buffer=64K:lose=1
must put_block $((59 * 256)) e 8
fio --name=v --filename=$DISK --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=8 --rw=randwrite --bs=8k \
	--size=8M --verify=crc32c --verify_backlog=32 --verify_fatal=1 --time_based --runtime=600 \
	--trigger-file=stop --output=fio.out &
fio=$!
wait_for '[ "$(knob commands)" -gt 50 ]' 30
# somebody else's
must modprobe nvm_fake
must sysfs_write "$FAKE" "desc t3 $(at 512)"
# by less than the log, by more
for mib in 66 68 128; do
	# prepared, and taken back
	must refused EBUSY add "${mib}M@$(at 0):type=2:write_ns=20000:buffer=64K:lose=1,4M@$(at 512)"
	must sysfs_write "$P/add" "${mib}M@$(at 0):type=2:write_ns=20000:buffer=64K:lose=1"
	same $(((mib - 4) * MIB)) "$(blockdev --getsize64 $DISK)" "size of the disk"
	same $(((mib - 4) * MIB)) "$(attr nvm0 size)" "size of the region"
	same "${mib}M@$(at 0):type=2:write_ns=20000:buffer=64K:lose=1" "$(cat "$P/map")" map
	same "$(cat "$P/map")" "$(attr nvm0 element)" element
	must is_block $((59 * 256)) e 8
	must put_block $(((mib - 5) * 256)) "$((mib % 10))" 16
	commands=$(knob commands)
	wait_for "[ \$(knob commands) -gt $((commands + 50)) ]" 30
	must kill -0 $fio
done
touch stop
must wait $fio
for mib in 66 68 128; do
	must is_block $(((mib - 5) * 256)) "$((mib % 10))" 16
done
# the log is where it is looked for now
must put_block 0 k
must sync $DISK
must put_block 0 l
must turn power_cut 1
# what is to be undone stays where it is looked for
must refused ENODEV add "130M@$(at 0):type=2:write_ns=20000:buffer=64K:lose=1"
expect_log 'the power of nvm0 is cut'
same $((124 * MIB)) "$(attr nvm0 size)" "size of the region without power"
nvm_unload
must modprobe nvm_raw
emul_add 128M:write_ns=20000:buffer=64K:lose=1
must is_block 0 k
expect_log 'the power was cut: 1 write units restored'
# nobody has it: it grows all the same
must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
must sysfs_write "$P/add" "130M@$(at 0):type=2:write_ns=20000:buffer=64K:lose=1"
same $((126 * MIB)) "$(attr nvm0 size)" "size of the region"

# proves: after a power cut what was in flight is as it was before, an unflushed buffer is lost if it is to be, what was flushed is not; a damaged log is said and not trusted
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

# power_cut [MODULE OPTION...]: and on again, as the element of options $now
power_cut()
{
	must turn power_cut 1
	same 1 "$(knob power_cut)" power_cut
	off_and_on
}

off_and_on()
{
	nvm_unload
	must modprobe nvm_raw
	emul_add "$now"
}

MIB=$((1 << 20))
now=64M:busy_unit=16K:write_ns=1000:timeout=$((5000 * NVM_SCALE))
emul_up "$now"
must put_block 0 o 8
must turn stall 1
put_block 1 n 2>/dev/null &
writer=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 20
must turn power_cut 1
must_fail - put_block 6 n
ends_badly $writer
# the core has given it up, the medium keeps its garbage
must sysfs_write /sys/module/nvm_raw/parameters/cheat 1
! is_block 0 o 4 || fail "no garbage is left"
power_cut
must is_block 0 o 8
expect_log 'the power was cut: 4 write units restored, 0 entries torn'
# a buffer that is lost
now=64M:write_ns=1000:buffer=64K:lose=1
must turn power_cut 1
off_and_on
must put_block 0 a 8
# a flush that fails has not happened
must turn fail 1
must_fail EIO sync $DISK
must sync $DISK
must put_block 0 b 2
must put_block 1 c 2
must is_block 1 c 2
power_cut
must is_block 0 a 8
expect_log 'the power was cut: 4 write units restored'
# what the buffer has no room for has left it
must put_block 100 c 24
must sync $DISK
must put_block 100 d 24
power_cut
must is_block 100 d 8
must is_block 108 c 16
# switched off in an orderly way nothing is
must put_block 0 e 4
off_and_on
must is_block 0 e 4
# nor where it is not to be lost
must put_block 0 f 4
must turn lose 0
must put_block 4 f 4
power_cut
must is_block 0 f 8
# a damaged entry, and then a damaged log: through the same memory as type 1
# (the second command has the first cell behind those of the 8 longest commands)
for where in $((64 * MIB - 4096 + 8)) $((60 * MIB + 8 * 64 * 4096 + 100)); do
	must put_block 0 g
	must sync $DISK
	must put_block 0 h
	must turn power_cut 1
	nvm_unload
	must modprobe nvm_pmem
	must modprobe nvm_memmap "map=64M@$NVM_SS"
	settle
	wait_for "[ -b $DISK ]" 30
	settle
	must dd if=/dev/urandom of=$DISK bs=1 count=16 seek="$where" conv=notrunc,nocreat status=none
	must sync $DISK
	off_and_on
	must is_block 0 h
done
expect_log 'the undo log is damaged or of another version'
expect_log ' 1 damaged entries of the undo log are not restored'
# options that are others now: what the old log has is restored all the same
must put_block 0 i
must sync $DISK
must put_block 0 j
now=64M:undo=0
power_cut
must is_block 0 i
same $((64 * MIB)) "$(attr nvm0 size)" "size without a log"

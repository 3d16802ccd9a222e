# proves: a command that fails, whichever it is in writing, flushing, discarding, growing and letting go, is given again or said; what was acknowledged is on the medium
# kernels: either
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

OPTIONS=write_ns=20000:buffer=256K:erase_unit=16K:max_transfer=32K
MANY=1000000

wcache_up "64M:$OPTIONS" 8
random_file want 6
for n in 1 2 3 7; do
	must turn fail "$n"
	put_file want
	must sync "$DISK"
	same 0 "$(knob fail)" "the command that was to fail"
	random_file more 1
	put_file more seek=$((3 * 16)) count=16
	put_file more if=want skip=48 seek=48 count=16
done
[ "$(count failures)" -gt 0 ] || fail "nothing has failed"
# with nothing to write the command is the device's flush
must sync "$DISK"
same 0 "$(count dirty)" dirty
must turn fail 1
must sync "$DISK"
same 0 "$(knob fail)" "the flush that was to fail"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
forbid_log refuses
holds want || fail "other data behind the cache"
medium_holds want

# a discard has nobody who would give it again: who asks is told
discarded()
{
	local out

	out=$(blkdiscard -o $((2 * MIB)) -l $((2 * MIB)) "$DISK" 2>&1) && return
	case $out in
	*"Input/output error"*) ;;
	*) fail "blkdiscard: $out" ;;
	esac
	REFUSED=$((REFUSED + 1))
	must blkdiscard -o $((2 * MIB)) -l $((2 * MIB)) "$DISK"
}

# life N: a region's, in which the N-th command fails, or that of the discard; sets
# LEFT to how far it was from that in the end
life()
{
	emul_add "16M:$OPTIONS"
	same nvm_wcache "$(attr nvm0 uld)" "who claims it"
	[ "$1" = discard ] || must turn fail "$1"
	put_file want count=64
	must sync "$DISK"
	put_file want skip=32 seek=32
	if [ "$1" = discard ]; then
		must sync "$DISK"
		must turn fail 1
	fi
	discarded
	put_file want skip=32 seek=32 count=16
	must sysfs_write "$P/add" "32M@$NVM_SS:type=2:$OPTIONS"
	# beyond where it ended
	put_file want seek=256
	hand_to nvm_raw
	LEFT=$(knob fail)
	holds lived || fail "life $1: the medium does not hold what was written"
	holds want skip=4096 || fail "life $1: the medium does not hold what was written after it grew"
	badblocks_are ""
	must sysfs_write "$P/remove" "32M@$NVM_SS"
	wait_for 'rmmod nvm_raw' 20
}

must sysfs_write "$P/remove" "64M@$NVM_SS"
wait_for 'rmmod nvm_raw' 20
NVM_SEED=${NVM_SEED:-$RANDOM}
diag "NVM_SEED=$NVM_SEED"
REFUSED=0
# what was discarded and not written again
must cp want lived
must dd if=/dev/zero of=lived bs=1M seek=3 count=1 conv=notrunc status=none
life $MANY
total=$((MANY - LEFT))
[ "$total" -gt 100 ] || fail "only $total commands in a life"
diag "$total commands in a life"
# how much is written at once depends on the moment: the last may not come to be
total=$((total * 9 / 10))
if [ -n "${NVM_LONG:-}" ]; then
	picked=$(seq "$total")
else
	picked=$(seq "$total" | draw 6 "$NVM_SEED")
fi
for n in $picked; do
	life "$n"
	same 0 "$LEFT" "life $n: how far it was from failing"
done
REFUSED=0
life discard
same 1 "$REFUSED" "discards that were refused"

# proves: a write, flush or discard that the device completes once more, long after whoever waited for it has gone, is said and nothing else; also if it takes one at a time
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

said='completed a command that it does not have'
random_file want 2
for uid in t2f t2f1; do
	fake_medium_up 4 $uid
	must grep -qw discard "$REGION/capabilities"
	before=$(log_lines "$said")
	must fake commands $uid late
	for n in 0 1 2 3 4 5 6 7; do
		put_file want seek=$((n * 4)) skip=$((n * 4)) count=4
		must sync "$DISK"
		must blkdiscard -o $((32 * MIB + n * MIB)) -l 1M "$DISK"
		# another's stack has been where the last one's was
		must sync "$DISK"
	done
	must fake commands $uid taken
	must sync "$DISK"
	[ $(($(log_lines "$said") - before)) -ge 8 ] || fail "$uid: not all of them are said"
	same "0 0" "$(count dirty) $(count failed)" "$uid: dirty, refused"
	same $((8 * MIB / 4096)) "$(count discarded)" "$uid: blocks discarded"
	badblocks_are ""
	holds want || fail "$uid: other data"
	medium_holds want
	nvm_unload
done

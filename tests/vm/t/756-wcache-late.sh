# proves: a write, flush or discard that the device completes once more, long after whoever waited for it has gone, is said and nothing else
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fake_medium_up 4 t2f
must grep -qw discard "$REGION/capabilities"
random_file want 2
must fake commands t2f late
for n in 0 1 2 3 4 5 6 7; do
	put_file want seek=$((n * 4)) skip=$((n * 4)) count=4
	must sync "$DISK"
	must blkdiscard -o $((32 * MIB + n * MIB)) -l 1M "$DISK"
	# another's stack has been where the last one's was
	must sync "$DISK"
done
must fake commands t2f taken
must sync "$DISK"
[ "$(dmesg_since | grep -c 'completed a command that it does not have')" -ge 8 ] || fail "not all of them are said"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
same $((8 * MIB / 4096)) "$(count discarded)" "blocks discarded"
badblocks_are ""
holds want || fail "other data"
medium_holds want

# proves: a write or flush command that fails is given again, and nobody but the counters hears of it
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=20000:buffer=256K 8
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

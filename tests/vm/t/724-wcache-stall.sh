# proves: a command that never ends is aborted after the device's time-out, with one line in the log, and given again; nothing hangs and no data is other
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

stalls_under_fio()
{
	fio_verify stall --rw=randwrite --bs=4k --iodepth=8 --size=16M --fsync=16 --verify_backlog=64 \
		--time_based --runtime=600 --trigger-file=stop &
	local fio=$! n

	for n in 1 2 3 4 5; do
		must turn stall $((n * 7))
		wait_for '[ "$(knob stall)" = 0 ]' 30
	done
	touch stop
	must wait $fio
}

# a guest that stands still for so long itself would add a line
late=$((2000 * NVM_SCALE))
wcache_up 64M:write_ns=20000:timeout=$late:buffer=256K 8
random_file want 4
must turn stall 3
put_file want
must sync "$DISK"
same 0 "$(knob stall)" "the command that was to stall"
expect_log "no end of a command in $late ms: aborting"
same 1 "$(log_lines 'no end of a command')" "lines in the log"
# the device's flush
must turn stall 1
must sync "$DISK"
same 2 "$(log_lines 'no end of a command')" "lines in the log"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
stalls_under_fio
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
put_file want
must turn stall 2
medium_holds want

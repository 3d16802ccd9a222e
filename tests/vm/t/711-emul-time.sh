# proves: an emulated device takes the time that it promises at least: for data on its bus, which all commands share, for what its buffer holds, and as the jitter of its seed has it; what was aborted keeps the bus no longer
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh
. /payload/t/lib-emul.sh

# at_once COMMANDS BLOCKS: so many writes in parallel, of so many blocks each; all have ended when it returns
at_once()
{
	local n failed=0
	local -a pids=()

	for ((n = 0; n < $1; n++)); do
		put_block $((n * $2)) p "$2" &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n" || failed=1
	done
	return $failed
}

emul_up 64M:write_ns=0:bw=1:buffer=1M:undo=0:depth=4:timeout=60000
takes 262 put_block 0 a 64
takes 1048 at_once 4 64
# a MiB is in the buffer
takes 1048 sync $DISK
takes 0 sync $DISK
must turn bw 0
# the longest of these four takes 799.56 ms of the 400 +- 400
must turn seed 40
must turn write_ns 400000000
must turn jitter 100
takes 799 at_once 4 1
# udev looks at what was written
settle
must sysfs_write "$P/remove" "64M@$NVM_SS"
# 4 MiB each take four seconds: none ends in time, and nobody waits for them afterwards
emul_add 64M:write_ns=0:bw=1:undo=0:max_transfer=4M:timeout=$((1000 * NVM_SCALE))
! at_once 8 1024 2>/dev/null || fail "4 MiB at 1 MB/s, in a second"
same 0 "$(knob in_flight)" "commands in flight"
must turn bw 0
must put_block 0 b
must is_block 0 b

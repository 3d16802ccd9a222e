# proves: each allocation in making a region, claiming it of type 2, expanding it and letting it go fails once: told, all as before, next try works; while all are refused I/O goes on from the reserve, while half are mappings too
# kernels: debug
# timeout: 420
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

ULD=nvm_wcache
ONE="8M@$(at 0):type=2:undo=0:max_transfer=32K:write_ns=200000"
TWO="16M${ONE#8M}"

at_exit nvm_unload
faults_up
must modprobe nvm_wcache cache_mb=1
must modprobe nvm_memmap
walk_claim
readd
same claimed "$(attr nvm0 state)" state
walk_life

# refusing PERCENT CMD...: so many of our allocations are refused while CMD runs
refusing()
{
	local left

	fault_knob times $MANY
	fault_knob probability "$1"
	"${@:2}" || fail "$1 % of allocations refused: $*"
	fault_knob probability 0
	left=$(($(<"${FAULTS[0]}/times") + $(<"${FAULTS[1]}/times")))
	diag "${*:2:2}: $((2 * MANY - left)) refused"
	[ "$left" -lt $((2 * MANY)) ] || fail "nothing was refused: $*"
}

# with none of what it had
bound_anew() { unbound; bound; wait_for "[ -b $DISK ]" 30; }

# opening it may fail, and is told; what has it open goes on
stored()
{
	same "done" "$(ask a)" "stores"
	same old "$(ask v)" "what was stored"
	same "done" "$(ask s)" msync
}

# The cache has its reserve then, and gets no more: it is empty each time.
at_exit fault_knob probability 0
fault_knob interval 1
fault_knob task-filter N
for percent in 50 100; do
	bound_anew
	reserve=$(count memory)
	refusing $percent fio_verify "mixed" --rw=randwrite --bsrange=512-32k --size=7M --iodepth=8 --fsync=64
	memory=$(count memory)
	diag "memory: $reserve bytes, then $memory"
	[ $percent != 100 ] || same "$reserve" "$memory" "memory with nothing but the reserve"
done
[ "$memory" -lt "$(count memory_max)" ] || fail "the reserve is all of it"
# 85 of 100 slots are never dirty here, but of those that have memory they are
[ "$(count throttled_ns)" -gt 0 ] || fail "with the reserve alone writers wait for slots only"
bound_anew
mapper_up -k /dev/nvmc0 256
refusing 50 stored
mapper_down

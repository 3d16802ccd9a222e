# proves: the tracepoints of the cache are there and tell of a write, a run, its end, a stall and a flush
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

T=/sys/kernel/tracing
# far longer than it takes to fill the cache
late=$((5000 * NVM_SCALE))
wcache_up 64M:write_ns=1000000:depth=1:timeout=$late 1
must sysfs_write "$T/events/nvm_cache/enable" 1
at_exit sysfs_write "$T/events/nvm_cache/enable" 0
: >"$T/trace"
random_file want 1
put_file want bs=4k
put_file want bs=4k seek=256
# while it is written
put_file want bs=4k
must sync "$DISK"
must_have() { grep -qE "$1" "$T/trace" || fail "not in the trace: $1"; }
must_have 'nvmc_write: nvm0 block 3 sectors 0xff$'
must_have 'nvmc_run: nvm0 block [0-9]+ and on, [0-9]+ in all$'
must_have 'nvmc_settle: nvm0 block [0-9]+ and on, [0-9]+ in all, status 0$'
must_have 'nvmc_flush: nvm0 blocks refused 0$'
must turn fail 1
put_file want count=1 bs=4k
must sync "$DISK"
must_have 'nvmc_settle: nvm0 block 0 and on, 1 in all, status -5$'
# more than there are slots, while the device is at a command
random_file more 2
must turn stall 1
put_file more bs=4k
must sync "$DISK"
expect_log "no end of a command in $late ms: aborting"
diag "$(grep -c nvmc_stall $T/trace) stalls in the trace, $(count stalls) counted"
must_have 'nvmc_stall: nvm0 block [0-9]+: no slot$'

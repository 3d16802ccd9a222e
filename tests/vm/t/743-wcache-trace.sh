# proves: the tracepoints of the cache are there and tell of a write, a run, its end, a stall and a flush
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

T=/sys/kernel/tracing
wcache_up 64M:write_ns=1000000:depth=1 1
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
# more than there are slots, with a device that is slower than any writer is made
must turn write_ns 100000000
fio_disk stall --rw=randwrite --bs=4k --iodepth=32 --size=32M --io_size=1200k
must turn write_ns 0
diag "$(grep -c nvmc_stall $T/trace) stalls in the trace, $(count stalls) counted"
must_have 'nvmc_stall: nvm0 block [0-9]+: (no slot|in use)$'

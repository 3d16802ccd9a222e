# proves: a device that completes each command twice, or none and does not abort it either, is said to; no data is lost by it and nothing hangs
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fake_medium_up 4
random_file want 8
must fake commands t2 twice
put_file want
must sync "$DISK"
expect_log 'nvm_fake: completed a command that it does not have'
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
holds want || fail "other data after commands that were completed twice"
must fake commands t2 never
random_file new 1
put_file new
must_fail EIO sync "$DISK"
expect_log 'nvm_fake: no end of a command in 1000 ms: aborting'
expect_log 'nvm_fake: its abort left [0-9]+ commands'
same "$MIB 0" "$(count dirty) $(count failed)" "dirty, refused"
holds new || fail "other data after commands that never ended"
must fake commands t2 taken
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
medium_holds new

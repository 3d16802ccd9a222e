# proves: what is written reaches the medium after a time, without any flush and however little it is
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh disable=SC2016
. /payload/t/lib-wcache.sh

wcache_up 64M:write_ns=20000 8
random_file want 1
put_file want
wait_for '[ "$(count dirty)" = 0 ]' 60
[ "$(count written)" -ge 256 ] || fail "$(count written) blocks were written"
same 0 "$(count failures)" failures
# unbinding is a flush, which has nothing to do any more
commands=$(knob commands)
medium_holds want
same "$commands" "$(knob commands)" "commands"

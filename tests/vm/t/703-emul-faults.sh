# proves: the n-th command fails, half done; one that reaches a bad place fails; one that stalls is aborted, and the rest goes on
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

late=$((6000 * NVM_SCALE))
emul_up 64M:timeout=$late:write_ns=1000:fail=3
same 3 "$(knob fail)" fail
must put_block 0 o 8
must put_block 8 o 8
same 1 "$(knob fail)" "fail, counted down"
must_fail - put_block 0 n 8
same 0 "$(knob fail)" "fail, done"
must is_block 0 n 4
must is_block 4 o 4
must put_block 0 n 8
must is_block 0 n 8
same "64M@$(at 0):type=2:timeout=$late:write_ns=1000:fail=3" "$(cat "$P/map")" "map, in spite of all"
# a bad place
must turn bad_at $((4096 * 9 + 17))
must put_block 8 p
must_fail - put_block 9 p
must_fail - put_block 8 q 2
must is_block 8 q
must is_block 9 o
must put_block 10 p
must turn bad_at "$NOWHERE"
must put_block 9 p
# one that stalls keeps its place, others pass it, until the core gives it up
must put_block 20 o
must turn most_in_flight 0
must turn stall 1
put_block 20 s 2>/dev/null &
writer=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 20
must put_block 21 t
must is_block 21 t
same 2 "$(knob most_in_flight)" "most commands at a time"
ends_badly $writer
must is_block 20 o
must put_block 20 u
must is_block 20 u
same 0 "$(knob in_flight)" "commands in flight"
expect_log "no end of a command in $late ms: aborting"
# what is out of range changes nothing, and is said
while read -r name value; do
	before=$(knob "$name")
	must_fail EINVAL turn "$name" "$value"
	same "$before" "$(knob "$name")" "$name after a refusal"
	expect_log "emulation/$name is from"
done <<END
depth 0
depth 257
write_ns 60000000001
bw 1000001
jitter 101
fail -1
stall x
lose 1
most_in_flight 1
power_cut 0
END

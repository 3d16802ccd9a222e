# proves: the firmware's notification adds what is new and tells of health; what is doubtful or broken never lifts read-only and never takes a region away
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

A="spa:1:pmem:$(at 0):0x1000000" B="spa:2:pmem:$(at 64):0x2000000"
DIMMS='dimm:1:17 dimm:2:18'
reason() { attr nvm0 read_only_reason; }
NOT_ARMED='DIMM 0x1 (8086-0001-00000011) is not armed to save its contents'

lab_up
# shellcheck disable=SC2086 # words
{
must box "$A" map:1:1:1:0 $DIMMS
must bind_lab
settle
same nvm0 "$(regions)" regions
same nfit-8086-0001-00000011 "$(attr nvm0 uid)" uid
same "" "$(reason)" "at first"
# a second range
must event 0x80 "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
wait_for "[ -e $NVM/nvm1 ]" 10
settle
same "nvm0 nvm1" "$(regions | xargs)" "after hot-add"
same nfit-8086-0001-00000012 "$(attr nvm1 uid)" uid
# no longer armed, then armed again, told by either notification
must event 0x80 "$A" map:1:1:1:8 "$B" map:2:2:2:0 $DIMMS
wait_for '[ -n "$(reason)" ]' 10
same "$NOT_ARMED" "$(reason)" "not armed"
same "" "$(attr nvm1 read_only_reason)" "the other"
same 1 "$(blockdev --getro /dev/nvm0)" getro
must event 0x81 "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
wait_for '[ -z "$(reason)" ]' 10
expect_log 'the firmware has found memory that cannot be read'
same 0 "$(blockdev --getro /dev/nvm0)" "getro, armed again"
# bad news counts in a broken table, too
must event 0x80 "$A" map:1:1:1:8 $DIMMS raw:00000000
wait_for '[ -n "$(reason)" ]' 10
# but no good news in one that is broken, that overlaps, that fails, that lacks it
must event 0x80 "$A" map:1:1:1:0 $DIMMS raw:00000000
same "$NOT_ARMED" "$(reason)" "after a broken table"
must event 0x80 "$A" map:1:1:1:0 "spa:7:pmem:$(at 8):0x1000000" $DIMMS
same "$NOT_ARMED" "$(reason)" "after a table that overlaps"
expect_log "range 1 at $(at 0), 0x1000000 bytes, is not taken: overlaps the range at"
# the kernel makes four bytes of an integer
must event 0x80 --how 1
expect_log 'byte 0 of the table: a structure is shorter than its head'
must event 0x80 --how 2
expect_log '_FIT failed: AE_AML_DIVIDE_BY_ZERO'
same "$NOT_ARMED" "$(reason)" "after _FIT failed"
must event 0x80 "spa:1:pmem:$(at 0):0x800000" map:1:1:1:0 $DIMMS
expect_log "nvm0 at $(at 0) is kept, though the table now has another range there"
must event 0x80
expect_log '_FIT gives nothing; what was there is kept'
same "$NOT_ARMED" "$(reason)" "after an empty table"
must event 0x80 "$B" map:2:2:2:0 $DIMMS raw:00000000
same "$NOT_ARMED" "$(reason)" "after a broken table without it"
must event 0x80 "spa:1:pmem:$(at 4):0x1000000" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
expect_log "nvm0 at $(at 0) is kept, though the table now has another range there"
same "nvm0 nvm1" "$(regions | xargs)" "both are kept"
same $((16 << 20)) "$(attr nvm0 size)" size
# the whole truth lifts it
must event 0x80 "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
wait_for '[ -z "$(reason)" ]' 10
}
must unbind_lab

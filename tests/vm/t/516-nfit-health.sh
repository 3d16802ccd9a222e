# proves: what an NVDIMM says of its health by _DSM makes its regions read-only, at first and when it or the root device tells; a query that fails is never good news
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

A="spa:1:pmem:$(at 0):0x1000000 map:1:1:1:0" B="spa:2:pmem:$(at 64):0x1000000 map:2:2:2:0"
BAD_A="spa:1:pmem:$(at 0):0x1000000 map:1:1:1:8"
DIMMS='dimm:1:17 dimm:2:18'
DIMM='DIMM 0x1 (8086-0001-00000011)'
reason() { attr nvm0 read_only_reason; }

# critical, module BYTES... of the two functions; all answers are well and whole
critical() { put 0x220 "$(le 4 0)$1$(le 8 0)"; }
module() { put 0x230 "$(le 4 0)$1$(le 10 0)"; }

# fails HOW: the functions do not answer as they should
fails() { put 0x208 "$(le 4 "$1")"; }

lab_up
# shellcheck disable=SC2086 # words
{
must box $A $B $DIMMS
must bind_lab
settle
same 0 "$(get 0x210)" "queries to a DIMM without functions"
same "" "$(reason)" "without functions"
must unbind_lab
put 0x200 011c
put 0x218 10
critical 00
module 0000
put 0x240 "$(le 4 0)32$(le 8 0)"
must bind_lab
settle
same 3 "$(get 0x210)" "queries"
same "" "$(reason)" "healthy"
# the DIMM tells
critical 01
must event 0x181 $A $B $DIMMS
wait_for '[ -n "$(reason)" ]' 10
same "$DIMM says that its contents will not be saved" "$(reason)" "reason"
same 1 "$(blockdev --getro /dev/nvm0)" getro
same "" "$(attr nvm1 read_only_reason)" "the other"
# no answer is no good news
critical 00
fails 1
must event 0x181 $A $B $DIMMS
expect_log 'DIMM 0x1, health function 10: it answers with no buffer'
fails 2
must event 0x181 $A $B $DIMMS
expect_log 'DIMM 0x1, health function 10: it does not answer'
fails 0
put 0x218 04
must event 0x181 $A $B $DIMMS
expect_log 'DIMM 0x1, health function 10: the answer has 4 bytes and needs 5'
put 0x218 10
put 0x220 03
must event 0x181 $A $B $DIMMS
expect_log 'DIMM 0x1, health function 10: it fails with status 0x3'
# each event asks twice or more, and each cause is said once
for cause in 'it answers with no buffer' 'it does not answer' 'the answer has 4 bytes'; do
	same 1 "$(log_lines "health function 10: $cause")" "times said: $cause"
done
same "$DIMM says that its contents will not be saved" "$(reason)" "reason after queries that failed"
critical 00
must event 0x81 $A $B $DIMMS
wait_for '[ -z "$(reason)" ]' 10
same 0 "$(blockdev --getro /dev/nvm0)" "getro, healthy again"
# the module, told by the root; a warning is a line
module 0001
critical 02
must event 0x81 $A $B $DIMMS
wait_for '[ -n "$(reason)" ]' 10
same "$DIMM has not enough energy to save its contents" "$(reason)" "the module"
expect_log 'DIMM 0x1 says that a warning threshold is exceeded'
# what the table says comes first; neither lifts what the other says
must event 0x80 $BAD_A $B $DIMMS
wait_for '[[ $(reason) == *armed* ]]' 10
module 0000
must event 0x181 $BAD_A $B $DIMMS
same "$DIMM is not armed to save its contents" "$(reason)" "the table"
module 0008
must event 0x181 $A $B $DIMMS
wait_for '[[ $(reason) == *energy* ]]' 10
same "$DIMM has no energy source" "$(reason)" "the module again"
module 0000
must event 0x181 $A $B $DIMMS
wait_for '[ -z "$(reason)" ]' 10
# bad news is heard even if _FIT fails
critical 01
must event 0x181 --how 2
wait_for '[ -n "$(reason)" ]' 10
must unbind_lab
# and at first
must box $A $B $DIMMS
must bind_lab
settle
same "$DIMM says that its contents will not be saved" "$(reason)" "when found"
expect_log "nvm0 .*, read-only: DIMM 0x1 .* says that its contents"
}
must unbind_lab

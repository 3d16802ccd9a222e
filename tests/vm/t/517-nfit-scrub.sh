# proves: errors that the platform knows of are poison from the start, and others when the firmware tells of them; writing clears them in the platform; what a scrub found before does not come back
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

A="spa:1:pmem:$(at 0):0x1000000 map:1:1:1:0" B="spa:2:pmem:$(at 64):0x1000000 map:2:2:2:0"
# in OFFSET: an address in region A
in_a() { printf '0x%x' $((NVM_SS + $1)); }
started() { get 0x110; }
# last OFFSET: eight bytes of the last start (from 0x170) or clear (from 0x190)
last() { printf '0x%x' "$(nfit --peek "$(printf '0x%x' $((BOX + $1)))")"; }
how() { echo $(($(last 0x180) >> 16 & 255)); }
# looks ANSWERS: the firmware tells of errors, and both regions were looked at,
# which was asked about so often
looks()
{
	local starts asked

	starts=$(started)
	asked=$(get 0x1a0)
	# shellcheck disable=SC2086 # words
	must tell 0x81 $A $B
	wait_for "[ \$(started) = $((starts + 2)) ] && [ \$(get 0x1a0) = $((asked + $1)) ]" 30
	# which takes the lock under which the last answer was read
	must nvmctl scan
}

lab_up
# shellcheck disable=SC2086 # words
{
scrubs 256
earlier "$(in_a 4096)" 512 "$(at 512)" 4096 "$(in_a 65536)" 1
must box $A $B
must bind_lab
settle
wait_for "[ -b $DISK ]" 30
# both are over, so that none meets what is cleared below
wait_for "[ \$(started) = 2 ] && [ \$(get 0x1a0) = 2 ]" 30
must nvmctl scan
wait_for "[ -n \"\$(<$REGION/badblocks)\" ]" 20
badblocks_are '8 1' '128 1'
same '' "$(</sys/bus/nvm/devices/nvm1/badblocks)" "the other's"
same 2 "$(how)" "what was found earlier is asked for"
same "$(at 64)" "$(last 0x170)" "start of the last"
same 0x1000000 "$(last 0x178)" "size of the last"
[[ " $(attr nvm0 capabilities) " == *" clear_poison "* ]] || fail "$(attr nvm0 capabilities)"
must_fail - read_at 4096 512
must read_at 8192 512
same 0 "$(get 0x128)" "clears"
must write_at 4096 512
same "$(in_a 4096)" "$(last 0x190)" "start of what was cleared"
same 0x200 "$(last 0x198)" "size of what was cleared"
must read_at 4096 512
badblocks_are '128 1'
must write_at 65536 512
badblocks_are
# it is still what was found earlier: now only a look counts
looks 2
expect_log 'the firmware has found memory that cannot be read; it is asked where'
same 0 "$(how)" "a look is asked for"
badblocks_are
# another error; somebody else is looking, then ours takes a while
now "$(in_a 1048576)" 256
put 0x120 01
put 0x118 02
looks 4
badblocks_are '2048 1'
# what the platform does not clear stays
put 0x160 01
must_fail - write_at 1048576 512
expect_log 'nvm_nfit: errors in 0x200 bytes at 0x100000 are not cleared: it fails with status 0x1'
put 0x160 "$(le 8 0)$(le 8 256)"
must_fail - write_at 1048576 512
expect_log 'are not cleared: 0x100 of 0x200 bytes were cleared'
badblocks_are '2048 1'
put 0x168 "$(le 8 0x100000000)"
must write_at 1048576 512
badblocks_are
must unbind_lab
# more than is written is not cleared
scrubs 4096
earlier "$(in_a 4096)" 4096
must bind_lab
settle
wait_for "[ -b $DISK ]" 30
wait_for "[ -n \"\$(<$REGION/badblocks)\" ]" 20
must_fail - write_at 4096 512
expect_log 'are not cleared: the platform clears units of 4096 bytes'
must write_at 4096 4096
badblocks_are
must unbind_lab
# without function 4
scrubs 256
put 0x100 0f
must bind_lab
settle
[[ " $(attr nvm0 capabilities) " != *" clear_poison "* ]] || fail "$(attr nvm0 capabilities)"
must unbind_lab
}

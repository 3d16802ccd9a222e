# proves: a scrub whose answers lie, fail or never come is given up in bounded time with a line; nothing is made poison that it does not name
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

A="spa:1:pmem:$(at 0):0x1000000 map:1:1:1:0"
started() { get 0x110; }

# given_up WHY: with this firmware, found anew
given_up()
{
	must bind_lab
	settle
	expect_log "$1"
	same '' "$(<$REGION/badblocks)" "poison after: $1"
	settle
	must unbind_lab
}

lab_up
# shellcheck disable=SC2086 # words
must box $A
for how in '1:it answers with no buffer' '2:it does not answer'; do
	scrubs 256
	put 0x108 "$(le 4 "${how%%:*}")"
	given_up "what can be done about errors at $(at 0) is not known: ${how#*:}"
	put 0x108 00
done
scrubs 256
put 0x150 02
given_up 'the scrub of nvm0 at .* is given up: it fails with status 0x2'
scrubs 256
put 0x130 "$(le 4 47)"
given_up 'is given up: the answer has 47 bytes and needs 48'
scrubs 256
found 0x130 0x2400 4
given_up 'is given up: it tells of an unknown state, 4'
scrubs 256
found 0x130 0x2400 2
given_up 'is given up: the platform knows of none'
scrubs 256
RESTART=$((NVM_SS)) found 0x130 0x2400 3
given_up 'is given up: it looks at other addresses'
# it goes on where it stopped, as long as it gets on
scrubs 256
put 0x110 00
RESTART=$((NVM_SS + 0x800000)) found 0x130 0x2400 3
given_up "the scrub of nvm0 at $(at 8) is given up: it looks at other addresses"
same 2 "$(started)" "starts"
# of more errors than there are those that are
scrubs 256
earlier "$(at 1)" 512
put 0x242c ffffffff
must bind_lab
settle
expect_log 'the scrub of nvm0 tells of more errors than it names'
same '2048 1' "$(<$REGION/badblocks)" "poison"
settle
must unbind_lab
# unbound while it runs
scrubs 256
put 0x118 ffffffff
must bind_lab
settle
must unbind_lab
# it never ends
must bind_lab
settle
expect_log 'is given up: it does not end'
put 0x118 00000000
must unbind_lab

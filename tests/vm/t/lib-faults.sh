#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Operations in which one allocation fails, the first, the second, and so on:
# all of them in the long form of a test, else a sample drawn by NVM_SEED. Not a
# test itself: its name does not begin with a number.
#
# What counts is an allocation, of slab or of pages, with the text of a module
# on its stack: ours, and nothing else on the debug kernel, where all that these
# tests use is built in. Those of the debugging itself do not count.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

DEBUG=/sys/kernel/debug
FAULTS=("$DEBUG/failslab" "$DEBUG/fail_page_alloc")
KO=/lib/modules/$(uname -r)/updates
# where x86-64 puts modules
MODULES_TEXT=(0xffffffffa0000000 0xffffffffff000000)
# more than any operation has
MANY=1000000
# the driver core's words where a driver claims and its attributes cannot be made
CORE_SAYS='driver_sysfs_add|device_add_groups'
# how many of each operation the normal form takes
SAMPLE=4

# text_of REGEX: from the first to the last of the kernel's functions
text_of()
{
	local at

	mapfile -t at < <(awk -v re="$1" '$2 ~ /[tT]/ && $3 ~ re && $3 !~ /cold/ { print "0x" $1 }' \
		/proc/kallsyms | sort)
	[ "${#at[@]}" -ge 2 ] || fail "the kernel has no functions $1"
	printf "%s 0x%x" "${at[0]}" $((at[-1] + 1))
}

# fault_knob NAME VALUE: of both kinds of allocations
fault_knob()
{
	local dir

	for dir in "${FAULTS[@]}"; do
		echo "$2" >"$dir/$1" || fail "$dir/$1"
	done
}

# faults_up: let fail-nth count allocations of our modules
faults_up()
{
	local own

	NVM_SEED=${NVM_SEED:-$RANDOM}
	diag "NVM_SEED=$NVM_SEED"
	RANDOM=$NVM_SEED
	# with a stack of the failure if FAULTS_VERBOSE=2
	fault_knob verbose "${FAULTS_VERBOSE:-0}"
	fault_knob ignore-gfp-wait N
	echo N >$DEBUG/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$DEBUG/fail_page_alloc/min-order
	fault_knob stacktrace-depth 32
	fault_knob require-start "${MODULES_TEXT[0]}"
	fault_knob require-end "${MODULES_TEXT[1]}"
	own=$(text_of '^__(alloc|create)_object$') || exit
	fault_knob reject-start "${own% *}"
	fault_knob reject-end "${own#* }"
	# how the kernel tells of some failures: with a stack, or of struct pages that
	# it cannot make with a warning, once
	allow_log 'Call Trace:'
	allow_log 'WARNING: .* add_pages\+'
	allow_log 'kobject_add_internal failed for .*error: -12 '
	udevd_stop
	listen
}

# picks TOTAL: which to let fail, drawn by DRAW: a subshell draws its own RANDOM
picks()
{
	if [ -n "${NVM_LONG:-}" ] || [ "$1" -le "$SAMPLE" ]; then
		# more, until none is left to fail: the number varies a little
		seq $(($1 + SAMPLE))
	else
		seq "$1" | draw "$SAMPLE" "$DRAW" | sort -n
	fi
}

# state: all that a failure must leave as it was
state()
{
	local f

	echo "$(</proc/iomem)"
	echo /sys/module/nvm_*/refcnt
	[ ! -e "$P/map" ] || echo "map $(<"$P/map")"
	for f in "$BUS"/devices/*; do
		[ -e "$f" ] || continue
		echo "$f $(<"$f/state") $(<"$f/size") $(<"$f/disk") $(<"$f/users")"
	done
	for f in /sys/block/nvm*/size; do
		[ ! -e "$f" ] || echo "$f $(<"$f")"
	done
}

# listen: keep what the kernel says from now on; all of its log takes too long
listen()
{
	: >said
	stdbuf -oL dmesg --follow-new --notime >>said &
	at_exit kill $!
}

# says REGEX: since this failure
says()
{
	local end=$((SECONDS + 20 * NVM_SCALE))

	until grep -qE -- "$1" said; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# is_back WHAT: the state is that before, as soon as what is given back by a work
# item has been
is_back()
{
	local end=$((SECONDS + 2 * NVM_SCALE))

	until [ "$(state)" = "$before" ]; do
		[ "$SECONDS" -lt "$end" ] || break
		sleep 0.2
	done
	same "$before" "$(state)" "$1"
}

# nothing_fails NAME DO UNDO: DO has no allocation that counts; so it cannot fail
nothing_fails()
{
	local result left

	read -r result left < <("$2" $MANY)
	same ok "$result" "$1"
	must "$3"
	same "$MANY" "$left" "$1: what was left of $MANY allocations"
}

# walk NAME DO UNDO ERRNOS [LOG]: DO with each, or some, of its allocations
# failing. DO N prints what fail-nth prints; UNDO goes back to where DO began. It
# may fail with ERRNOS and then says LOG, a regular expression, in the kernel
# log; then nothing has changed and the next try works.
walk()
{
	local name=$1 do=$2 undo=$3 errnos=" $4 " log=${5:-} n total left result before
	local failed=0 survived=0

	DRAW=$RANDOM
	before=$(state)
	read -r result left < <("$do" $MANY)
	same ok "$result" "$name"
	total=$((MANY - left))
	[ "$total" -gt 0 ] || fail "$name: nothing was counted that could fail"
	must "$undo"
	is_back "$name, undone"
	for n in $(picks "$total"); do
		echo "nvm-fault: $name, $n of $total" >/dev/kmsg
		: >said
		read -r result left < <("$do" "$n")
		if [ "$result" = ok ]; then
			[ "$left" != 0 ] || survived=$((survived + 1))
			must "$undo"
			is_back "$name, $n of $total failed, undone"
			# none was left to fail
			[ "$left" = 0 ] || [ "$n" -lt "$total" ] || break
			continue
		fi
		failed=$((failed + 1))
		[[ $errnos == *" $result "* ]] || fail "$name, $n of $total failed: $result"
		[ "$left" = 0 ] || fail "$name, $n of $total: $result, but nothing had failed"
		is_back "$name, $n of $total failed: $result"
		[ -z "$log" ] || says "$log" || fail "$name, $n of $total: $result without a word in the log"
		read -r result left < <("$do" 0)
		same ok "$result" "$name again, after $n of $total"
		must "$undo"
		is_back "$name again, after $n of $total, undone"
	done
	diag "$name: $total allocations, $failed failures told, $survived survived"
	TOLD=$((${TOLD:-0} + failed))
}

# The life of a region ONE, claimed by ULD, that can be expanded to TWO.
put() { fail-nth "$1" write "$P/$2" "$3"; }
bind() { fail-nth "$1" write "$BUS/drivers/$ULD/bind" nvm0; }
unbind() { fail-nth "$1" write "$BUS/drivers/$ULD/unbind" nvm0; }
bound() { same "ok 0" "$(bind 0)" "bind"; }
unbound() { same "ok 0" "$(unbind 0)" "unbind"; }
expand() { put "$1" add "$TWO"; }
unexpand() { same "ok 0" "$(put 0 map $'\n')" "remove all"; readd; }
remove() { put "$1" remove "${ONE%%:*}"; }
readd() { same "ok 0" "$(fail-nth 0 queued "$P/add" "$ONE")" "add again"; }

make() { put "$1" add "$ONE"; }
drop() { must sysfs_write "$BUS/flush" 1; same "ok 0" "$(put 0 remove "${ONE%%:*}")" "remove"; }
is_claimed() { [ "$(<"$BUS"/devices/nvm0/state)" = claimed ]; }

# claim N: what fails is in the core's queue, which has nobody to tell but the
# log and the region's "declined"; bound by hand it works
claim()
{
	local result left

	read -r result left < <(fail-nth "$1" queued "$P/add" "$ONE")
	if [ "$result" = ok ] && ! is_claimed; then
		result=unclaimed
		bound
		is_claimed || fail "bind after $1: not claimed"
		drop
	fi
	echo "$result $left"
}

# walk_claim: begins and ends without the region
walk_claim()
{
	walk "add" make drop "ENOMEM" 'nvm_memmap: add: '
	walk "claim" claim drop "unclaimed" "declined by $ULD|$CORE_SAYS"
}

# walk_life: begins and ends with a region that is bound; each operation alone
walk_life()
{
	unbound
	walk "bind" bind unbound "ENOMEM EINVAL" "declined by $ULD|$CORE_SAYS"
	bound
	walk "unbind" unbind bound ""
	walk "expand" expand unexpand "ENOMEM" 'nvm_memmap: add: '
	walk "remove" remove readd "ENOMEM" 'nvm_memmap: remove: '
	[ "$TOLD" -gt 0 ] || fail "no failure was told"
}

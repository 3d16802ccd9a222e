#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the VM tests on one kernel.
#
# usage: run.sh SERIES [PART/PARTS]
#
# 1/2 and 2/2 run half of the tests each, so that two VMs can share the work.
# TESTS='010-* 2??-*' restricts; with NVM_LONG=1 only tests that have a long
# form are run, in it. No test is begun whose limit is after the time NVM_DEADLINE
# (seconds since the epoch): it is skipped. NVM_SAMPLE=N runs, of the tests that are not made
# for this kernel alone, N, drawn by NVM_SEED. NVM_SHARED='6.1 6.12' are kernels that are
# tested at the same time and share the tests for which either will do. Prints a
# TAP line without its number for each test; logs are kept in build/log/SERIES/.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/hostlib.sh
. "$here/hostlib.sh"
# shellcheck source=scripts/common.sh
. "$here/../../scripts/common.sh"

max_restarts=3
gone=126

# header FILE KEY: a "# key: value" line of a test's head
header() { sed -n "1,6s/^# $2: *//p" "$1" | head -n 1; }

# limit_of FILE: its time limit in seconds, before it is scaled
limit_of()
{
	local limit=

	[ -z "${NVM_LONG:-}" ] || limit=$(header "$1" long-timeout)
	[ -n "$limit" ] || limit=$(header "$1" timeout)
	echo "${limit:-300}"
}

# other_has FILE: it is another kernel's turn, by the number of the test
other_has()
{
	local number
	local -a shared

	number=$(basename "$1")
	number=${number%%-*}
	read -ra shared <<<"${NVM_SHARED:-$kernel}"
	[ "${shared[10#$number % ${#shared[@]}]}" != "$kernel" ]
}

# selected DIR: the tests of a directory for this kernel
selected()
{
	local f g only

	for f in "$here/$1"/[0-9]*.sh; do
		[ -e "$f" ] || continue
		[ -z "${NVM_LONG:-}" ] || [ -n "$(header "$f" long-timeout)" ] || continue
		only=$(header "$f" kernels)
		if [ "$only" = either ]; then
			other_has "$f" && continue
			only=
		fi
		# the debug kernels are a 6.12, and have more
		[ -z "$only" ] || [[ " $only " == *" $kernel "* ]] ||
			[[ "$kernel $only" = debug\ 6.12 || "$kernel $only" = kcsan\ 6.12 ]] || continue
		set -f
		for g in ${TESTS:-*}; do
			# shellcheck disable=SC2254 # a pattern, as the user gave it
			case $(basename "$f") in $g | $g.sh) echo "$f"; break ;; esac
		done
		set +f
	done
}

# sample: of the files on the standard input those for this kernel alone, and NVM_SAMPLE
# others; of each machine's those come first
sample()
{
	local f
	local -a others=()

	[ -n "${NVM_SAMPLE:-}" ] || { cat; return; }
	while read -r f; do
		if [[ " $(header "$f" kernels) " == *" $kernel "* ]]; then
			echo "$f"
		else
			others+=("$f")
		fi
	done
	[ ${#others[@]} = 0 ] || printf '%s\n' "${others[@]}" | draw "$NVM_SAMPLE" "${NVM_SEED:-1}"
}

# share TOTAL-OF-THE-PARTS MINE: of the files on the standard input those that
# this part runs; a machine other than main is booted in one part only
share()
{
	local f m n=0
	local -A home=()

	while read -r f; do
		m=$(header "$f" vm)
		if [ "${m:-main}" != main ]; then
			: "${home[$m]:=$((${#home[@]} % $1 + 1))}"
			[ "${home[$m]}" != "$2" ] || echo "$f"
		else
			n=$((n + 1))
			[ $((n % $1 + 1)) != "$2" ] || echo "$f"
		fi
	done
}

# machines_of FILE...: the machines they need, main first
machines_of()
{
	local f m

	for f; do
		m=$(header "$f" vm)
		echo "${m:-main}"
	done | sort -u | awk '/^main$/ { print; next } { rest = rest $0 "\n" } END { printf "%s", rest }'
}

# result CODE FILE SECONDS-AND-REASON: one TAP line
result()
{
	local what seconds reason

	n=$((n + 1))
	what=$(head -n 1 "$2")
	what=${what#\# proves: }
	read -r seconds reason <<<"$3"
	what="$kernel$suffix $where $n/$total $(basename "$2" .sh): $what"
	case $1 in
	0) echo "ok - $what (${seconds}s)" ;;
	77) echo "ok - $what # SKIP $reason" ;;
	*)
		# in one write: the other kernel's lines must not come between
		printf 'not ok - %s (%ss)\n# %s\n# log: %s\n' "$what" "$seconds" "$reason" "${log#"$VM_TOP/"}"
		;;
	esac
}

# why_gone CODE: what became of a guest that does not answer
why_gone()
{
	local line

	line=$(grep -aoE 'Kernel panic - not syncing.*' "$VM_CONSOLE.new" | tail -n 1)
	if [ -n "$line" ]; then
		echo "$line"
	elif [ "$1" = "$gone" ]; then
		echo "the VM ended"
	else
		echo "the guest hangs"
	fi
}

# run_in_vm FILE [more]: sets usable= if the VM may go on; "more" will run in it
run_in_vm()
{
	local file=$1 rc line limit

	log=$logs/$where/$(basename "$file" .sh)
	: >"$log"
	limit=$(limit_of "$file")
	line=$(vm_test "t/$(basename "$file")" "$limit" "$log" "${2:-}")
	rc=$?
	usable=y
	if [ "$rc" -ge 125 ]; then
		line="- $(why_gone "$rc")"
		vm_kill
		{ echo "--- console"; tail -n 300 "$VM_CONSOLE"; } >>"$log"
		usable=
	elif [ "$rc" = 32 ] || [ "$rc" = 33 ] || [ "$rc" = 109 ]; then
		rc=$((rc - 32))
		vm_kill
		usable=
	fi
	result "$rc" "$file" "$line"
}

# keep_counters: what "make coverage" is made of goes with the guest
keep_counters()
{
	local out

	[ -n "${NVM_GCOV:-}" ] || return
	out=$logs/$where/gcov$suffix.$restarts
	mkdir -p "$out"
	# shellcheck disable=SC2016 # the guest's
	vm_run 'mkdir /tmp/gcov && cd /sys/kernel/debug/gcov &&
		find . -name "*.gcda" | while read -r f; do
			mkdir -p "/tmp/gcov/${f%/*}" && cat "$f" >"/tmp/gcov/$f"
		done
		tar -C /tmp/gcov -c . | base64' 120 | base64 -d | tar -x -C "$out"
}

not_run()
{
	local file

	for file; do
		result 1 "$file" "- not run: $why"
	done
}

# too_late FILE: there is no time for it, and the TAP line says so
too_late()
{
	[ $(($(date +%s) + $(limit_of "$1"))) -gt "${NVM_DEADLINE:-9999999999}" ] && result 77 "$1" "- no time left"
}

# run_machine NAME FILE...
run_machine()
{
	local restarts=0 why

	where=$1
	shift
	mkdir -p "$logs/$where"
	VM_CONSOLE_LOG=$logs/$where/console$suffix
	log=$VM_CONSOLE_LOG
	rm -f "$VM_CONSOLE_LOG"
	usable=
	while [ $# -gt 0 ]; do
		if too_late "$1"; then
			shift
			continue
		fi
		if [ -z "$usable" ]; then
			if [ "$restarts" -gt "$max_restarts" ]; then
				why="the VM had to be started again too often"
				not_run "$@"
				return
			fi
			restarts=$((restarts + 1))
			echo "# $kernel $where: booting"
			if ! vm_start "$where"; then
				why="the VM does not come up"
				not_run "$@"
				return
			fi
		fi
		run_in_vm "$1" ${2:+more}
		shift
	done
	if [ -n "$usable" ]; then
		keep_counters
		vm_kill
	fi
}

# run_on_host FILE: a test that drives VMs itself
run_on_host()
{
	local limit start rc reason

	log=$logs/host/$(basename "$1" .sh)
	mkdir -p "$logs/host"
	limit=$(limit_of "$1")
	start=$(date +%s%N)
	reason=$(VM_CONSOLE_LOG=$log.console timeout -k 10 \
		"$(awk "BEGIN { print $limit * ${NVM_TIMEOUT_SCALE:-1} }")" \
		bash "$here/run-host.sh" "$1" 3>&1 >"$log" 2>&1)
	rc=$?
	[ "$rc" != 124 ] || reason="timed out after $limit s"
	result "$rc" "$1" "$((($(date +%s%N) - start) / 1000000000)) ${reason:-exit code $rc}"
}

main()
{
	local tests hosts=() machine f mine part=${2:-1/1}

	kernel=${1:?usage: run.sh SERIES [PART/PARTS]}
	# two parts must not write into one file
	suffix=${2:+.${part%/*}}
	logs=$VM_LOGS/$kernel
	n=0
	mapfile -t tests < <(selected t | sample | share "${part#*/}" "${part%/*}")
	# those boot once and again, which takes long
	[ -n "${NVM_SAMPLE:-}" ] || mapfile -t hosts < <(selected host | share "${part#*/}" "${part%/*}")
	total=$((${#tests[@]} + ${#hosts[@]}))
	[ "$total" -gt 0 ] || { echo "# $kernel: no test is selected"; return; }

	trap vm_cleanup EXIT
	trap 'exit 130' INT TERM
	echo "# $kernel: building the modules and the images"
	if ! vm_prepare "$kernel"; then
		echo "not ok - $kernel the modules and images are built"
		return
	fi
	while read -r machine; do
		mine=()
		for f in "${tests[@]}"; do
			[ "$(machines_of "$f")" = "$machine" ] && mine+=("$f")
		done
		run_machine "$machine" "${mine[@]}"
	done < <(machines_of "${tests[@]}")
	where=host
	export VM_KERNEL VM_WORK VM_ROOT VM_MODULES VM_INITRD
	# made once, which is no test's time
	if grep -qs lib-debian.sh "${hosts[@]:-/dev/null}"; then
		"$here/mkdebian.sh" >/dev/null || echo "not ok - $kernel the Debian root is made"
	fi
	if grep -qs lib-built-in.sh "${hosts[@]:-/dev/null}"; then
		"$VM_TOP/scripts/debug-kernel.sh" built-in >/dev/null ||
			echo "not ok - $kernel the kernel with the stack built in is built"
	fi
	for f in "${hosts[@]}"; do
		too_late "$f" || run_on_host "$f"
	done
}

main "$@"

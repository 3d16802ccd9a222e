#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests and count them.
#
# usage: tests/run.sh static|model|vm|debug|debug-sample|kcsan...
#
# KERNEL=6.12 restricts the kernels, TESTS='01* 2??-*' the VM tests. Without
# either, and without NVM_EVERY=1, the kernels share the VM tests for which any of
# them will do. Prints TAP as it comes, then the failures; the last line is "N passed, N failed".

set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
read -ra kernels <<<"${KERNEL:-6.1 6.12}"
passed=0 failed=0 skipped=0
failures=() skips=()

model()
{
	local part

	for part in model nvmctl; do
		bash "$top/tests/$part/run.sh" || echo "not ok - tests/$part/run.sh (exit code $?)"
	done
}

# Two kernels, two processors. The images are made one after the other.
vm()
{
	local k shared=

	[ -n "${TESTS:-}${NVM_EVERY:-}${NVM_LONG:-}" ] || shared=${kernels[*]}
	for k in "${kernels[@]}"; do
		# a sample is the debug kernel's
		NVM_SAMPLE='' NVM_SHARED=$shared "$top/tests/vm/run.sh" "$k" </dev/null || echo "not ok - $k: tests/vm/run.sh (exit code $?)" &
	done
	wait
}

# halves KERNEL: debug kernels are slow, both processors work on one
halves()
{
	local part

	for part in 1/2 2/2; do
		"$top/tests/vm/run.sh" "$1" "$part" </dev/null ||
			echo "not ok - $1: tests/vm/run.sh $part (exit code $?)" &
	done
	wait
}

debug()
{
	if "$top/scripts/debug-kernel.sh"; then
		halves debug
	else
		echo "not ok - debug: the kernel is built"
	fi
}

# a few of its tests, with another seed each time
debug_sample()
{
	# twenty minutes until the kernel is built, and a quarter of an hour at least for what it is for
	if [ "$(date +%s)" -gt $((${NVM_DEADLINE:-9999999999} - 2700)) ]; then
		echo "ok - debug: a sample # SKIP no time left"
		return
	fi
	export NVM_SAMPLE=${NVM_SAMPLE:-24} NVM_SEED=${NVM_SEED:-$RANDOM}

	echo "# a sample of $NVM_SAMPLE, NVM_SEED=$NVM_SEED"
	debug
}

kcsan()
{
	if "$top/scripts/debug-kernel.sh" kcsan; then
		halves kcsan
	else
		echo "not ok - kcsan: the kernel is built"
	fi
}

# count: number the TAP lines on the standard input and remember the results
count()
{
	local line plan='^1\.\.[0-9]+' result='^(ok|not ok)( +[0-9]+)?( +-)? *(.*)$' n fresh=0

	while IFS= read -r line; do
		if [[ $line =~ $result ]]; then
			n=$((passed + failed + skipped + 1))
			local what=${BASH_REMATCH[4]}
			fresh=0
			if [ "${BASH_REMATCH[1]}" = "not ok" ]; then
				failed=$((failed + 1))
				failures+=("$what")
				fresh=2
			elif [[ $what == *"# SKIP"* ]]; then
				skipped=$((skipped + 1))
				skips+=("$what")
			else
				passed=$((passed + 1))
			fi
			printf '%s %d - %s\n' "${BASH_REMATCH[1]}" "$n" "$what"
		elif [[ $line =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]]; then
			# a part's own sum; ours comes last
			printf '# %s\n' "$line"
		elif [[ ! $line =~ $plan && $line != "TAP version"* ]]; then
			printf '%s\n' "$line"
			# the cause and the log follow the failure at once
			if [ "$fresh" -gt 0 ] && [[ $line == "# "* ]]; then
				failures[-1]+=" [${line#\# }]"
				fresh=$((fresh - 1))
			fi
		fi
	done
}

stage()
{
	local start=$SECONDS needs=${1%-sample}

	"$top/scripts/deps.sh" "${needs/kcsan/debug}" || { echo "not ok - $1: dependencies"; return; }
	echo "# $1"
	case $1 in
	static) bash "$top/tests/static.sh" || echo "not ok - tests/static.sh (exit code $?)" ;;
	model) model ;;
	vm) vm ;;
	debug | kcsan) "$1" ;;
	debug-sample) debug_sample ;;
	*) echo "not ok - no such stage: $1" ;;
	esac
	echo "# $1 took $((SECONDS - start)) s"
}

main()
{
	local s

	[ $# -gt 0 ] || set -- static model vm
	echo "TAP version 13"
	count < <(for s; do stage "$s"; done 2>&1)
	echo "1..$((passed + failed + skipped))"
	[ ${#skips[@]} -eq 0 ] || printf '# skipped: %s\n' "${skips[@]}"
	[ ${#failures[@]} -eq 0 ] || printf '# failed: %s\n' "${failures[@]}"
	[ "$skipped" -eq 0 ] || echo "# $skipped skipped"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

main "$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the pure code for user space and test it: tables, random lists
# against a plain model, libFuzzer; what must outlive a power cut, under a
# model of that. As many at a time as there are processors. Prints TAP, then
# "N passed, N failed".
#
# FUZZ_RUNS, SEED and RUNS choose another extent.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
lld=$top/lld/memmap
cache=$top/uld/cache
: "${FUZZ_RUNS:=60000}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cpus=$(nproc) jobs=0
mkdir "$out/over"

cache_pure=("$cache"/{index,slot,room,refused,forget,writeback,health,throttle}.c)
pure=("$lld"/{parse,options,plan}.c)
nfit=("$top"/lld/nfit/{table,found,plan}.c)
answer=("$top/lld/nfit/answer.c")
spd=("$top/lld/ddr3/spd.c")
jedec=("$top/lld/ddr3/jedec.c")
place=("$top/lld/ddr3/place.c")
sanitize=("-fsanitize=address,undefined" -fno-sanitize-recover=all)
cflags=(-std=gnu11 -g -O1 -Wall -Wextra -Werror -fno-omit-frame-pointer
	"${sanitize[@]}" "-I$lld" "-I$top/lld/ddr3" "-I$here" "-I$out/kernel" "-I$top/include")

# 1 is a test's own word on a failure
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99

# alone CMD...: with a log= and a directory mine= of its own; what it says comes
# in one piece
alone()
{
	local mine log

	mine=$(mktemp -d "$out/job.XXXXXX")
	log=$mine/log
	# in a shell of its own: an error of the script's ends only that
	("$@") >"$mine/said" 2>&1 || result "not ok" "$*: exit code $?"
	flock "$out" cat "$mine/said"
	grep -qE '^(not )?ok - ' "$mine/said" || result "not ok" "$*: has no result"
	mv "$mine" "$out/over"
}

# job CMD...: beside others
job()
{
	jobs=$((jobs + 1))
	while [ "$(jobs -rp | wc -l)" -ge "$cpus" ]; do
		wait -n
	done
	alone "$@" &
}

# jobs_over: wait for all; one that was killed has said nothing
jobs_over()
{
	local over

	wait
	over=$(find "$out/over" -mindepth 1 -maxdepth 1 | wc -l)
	[ "$over" = "$jobs" ] || result "not ok" "$over of $jobs jobs came to their end"
}

# number: the results on the standard input, and their sum
number()
{
	awk '
	/^ok - / { sub(/^ok/, "ok " ++n) }
	/^not ok - / { failed++; sub(/^not ok/, "not ok " ++n) }
	{ print; fflush() }
	END {
		print "1.." n
		print n - failed " passed, " failed + 0 " failed"
		exit !n || failed
	}'
}

# result ok|"not ok" TEXT
result() { echo "$1 - $2"; }

comment() { sed 's/^/# /' "$1"; }

# relay NAME: number the TAP of one program
relay()
{
	local line seen=0 plan=

	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			seen=$((seen + 1))
			result "${line%% [0-9]*}" "$1: ${line#*- }"
			;;
		1..*) plan=${line#1..} ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$log"
	[ "$plan" = "$seen" ] || result "not ok" "$1: ended before its plan"
}

# kernel_headers FILE: those that it includes, but what works in user space too
kernel_headers()
{
	local header

	sed -n 's/^#include <\(.*\)>.*/\1/p' "$@" | grep -vx nvm/persist.h | while read -r header; do
		mkdir -p "$out/kernel/$(dirname "$header")"
		echo '#include "kernel.h"' >"$out/kernel/$header"
	done
}

# unit NAME SOURCE...
unit()
{
	local rc

	if ! gcc "${cflags[@]}" "$here/test_$1.c" "${@:2}" -o "$out/$1" >"$log" 2>&1; then
		comment "$log"
		result "not ok" "$1: builds"
		return
	fi
	"$out/$1" >"$log" 2>&1
	rc=$?
	relay "$1"
	[ "$rc" -le 1 ] || result "not ok" "$1: exit code $rc"
}

# threads NAME SOURCE...: a unit under ThreadSanitizer, whose shadow has its
# place in the address space: newer kernels put too much there at random
threads()
{
	local run=() rc

	setarch -R true 2>"$log" && run=(setarch -R)
	if ! gcc "${cflags[@]}" -fno-sanitize=all -fsanitize=thread "$here/test_$1.c" "${@:2}" \
		-pthread -o "$out/$1" >"$log" 2>&1; then
		comment "$log"
		result "not ok" "$1: builds"
		return
	fi
	timeout 300 "${run[@]}" "$out/$1" >"$log" 2>&1
	rc=$?
	relay "$1"
	[ "$rc" -le 1 ] || result "not ok" "$1: exit code $rc"
}

# fuzz_build NAME SOURCE...: Debian has the fuzzer's runtime in a package of its own
fuzz_build()
{
	local cc

	cc=$(command -v clang-14 || command -v clang) || {
		echo "there is no clang: install clang-14 and libclang-rt-14-dev"
		return 1
	}
	"$cc" -std=gnu11 -g -O1 -fsanitize=fuzzer "${sanitize[@]}" \
		"-I$lld" "-I$top/lld/ddr3" "-I$here" "-I$top/include" "$here/$1.c" "${@:2}" -o "$out/$1" || {
		echo "if the runtime is missing: install libclang-rt-14-dev"
		return 1
	}
}

# fuzz NAME CORPUS WHAT SOURCE...: NAME.dict is used if there is one
fuzz()
{
	local name=$1 corpus=$2 what=$3 runs dict=()

	if ! fuzz_build "$name" "${@:4}" >"$log" 2>&1; then
		comment "$log"
		result "not ok" "$name: builds (needs clang-14, libclang-rt-14-dev)"
		return
	fi
	mkdir "$mine/new"
	[ ! -e "$here/$name.dict" ] || dict=("-dict=$here/$name.dict")
	if "$out/$name" -runs="$FUZZ_RUNS" -seed="${SEED:-1}" -max_len=512 -timeout=10 -verbosity=1 \
		"${dict[@]}" -artifact_prefix="$mine/" "$mine/new" "$here/$corpus" \
		>"$log" 2>&1; then
		runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log")
		result ok "$name: ${runs:-0} runs of $what"
	else
		tail -n 40 "$log" >"$mine/tail"
		comment "$mine/tail"
		result "not ok" "$name: $what"
	fi
}

# shellcheck source=tests/model/cache_mutants.sh
. "$here/cache_mutants.sh"

# the longest first
everything()
{
	job threads cache_threads "${cache_pure[@]}"
	job unit cache_random "$here/cache_world.c" "${cache_pure[@]}"
	plant_mutants
	job unit parse "${pure[@]}"
	job unit plan "${pure[@]}"
	job unit property "${pure[@]}"
	job unit nfit "${nfit[@]}"
	job unit answer "${answer[@]}"
	job unit spd "${spd[@]}"
	job unit jedec "${jedec[@]}"
	job unit place "${place[@]}"
	job unit power "$here/power.c"
	job unit undo "$here/power.c"
	job unit pmem_cut "$here/power.c" "$top/uld/pmem/io.c"
	job unit cache "${cache_pure[@]}"
	job fuzz fuzz corpus "the parser and the plan" "${pure[@]}"
	job fuzz fuzz_undo corpus_undo "undo logs"
	job fuzz fuzz_nfit corpus_nfit "NVDIMM tables" "${nfit[@]}"
	job fuzz fuzz_answer corpus_answer "answers of a firmware" "${answer[@]}"
	job fuzz fuzz_spd corpus_spd "the parser of SPD bytes" "${spd[@]}"
	job fuzz fuzz_jedec corpus_jedec "a module's controller, and places" "${jedec[@]}" "${place[@]}"
	jobs_over
}

kernel_headers "$top"/uld/pmem/{io.c,pmem.h} "$top/include/nvm/serve.h"
everything | number

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Static checks: one TAP line each, the findings as comments above it.
# KERNEL=6.12 restricts the kernels.

set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}
read -ra kernels <<<"${KERNEL:-6.1 6.12}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$top" || exit

# checkpatch: what is ignored, and why
ignores=(
	FILE_PATH_CHANGES	# speaks of MAINTAINERS, which is the kernel's
	CONFIG_DESCRIPTION	# there is no Kconfig out of the tree
	SPDX_LICENSE_TAG	# wants the kernel's LICENSES directory beside it
	NOT_UNIFIED_DIFF
)

# beside CMD...: on the files of the standard input, some on each processor
beside() { xargs -r -n 16 -P "$(nproc)" "$@"; }

# drop_allowed: remove the findings that tests/static.allow gives a reason for
drop_allowed()
{
	grep -vE '^(#|$)' tests/static.allow >"$out/allow" 2>/dev/null
	grep -vE -f "$out/allow" "$1" >"$1.kept"
	mv "$1.kept" "$1"
	[ ! -s "$1" ]
}

# our C sources; the user space helpers of the tests are not kernel code
sources() { find core uld lld include tests/kmod tests/kunit Documentation/examples -name '*.[ch]' ! -name '*.mod.c' 2>/dev/null | sort; }

shell_files()
{
	grep -rlE -m1 --exclude='*.md' '^#!(/bin/|/usr/bin/env )(ba|da)?sh|^# shellcheck shell=' scripts tests .ci 2>/dev/null
	find tests/vm/t tests/vm/host -name '*.sh' 2>/dev/null
}

python_files()
{
	{ grep -rlE -m1 '^#!.*python3?( |$)' scripts tests; find tests scripts -name '*.py'; } 2>/dev/null | sort -u
}

# report NAME: a TAP line from the exit code so far; the findings are in log
report()
{
	local rc=$?

	if [ "$rc" = 0 ]; then
		echo "ok - $1"
	else
		sed 's/^/#   /' "$out/log" | head -n 60
		echo "not ok - $1"
	fi
}

skip() { echo "ok - $1 # SKIP $2"; }

modules() { scripts/build-modules.sh "$@" >"$out/log" 2>&1; }

gcc_warnings()
{
	local k

	for k in "${kernels[@]}"; do
		modules "$k"
		report "static: $k builds with gcc W=1 -Werror"
	done
}

# own_findings DIR: of the warnings in log, those in our files; the kernel's
# headers have their own, seen through clang or sparse
own_findings()
{
	grep -E "build/$1/(core|uld|lld|include|tests|Documentation)/.*: (warning|error)" "$out/log" |
		sed "s|.*build/$1/||" | sort -u >"$out/own"
	mv "$out/own" "$out/log"
	drop_allowed "$out/log"
}

# a second opinion, dear: on one kernel
clang_warnings()
{
	local k=${kernels[-1]}

	# objtool asks for what gcc alone generates
	modules -o "clang-$k" "$k" CC="$top/tests/clang.sh" KCFLAGS= CONFIG_OBJTOOL= &&
		own_findings "clang-$k"
	report "static: $k clang W=1"
}

sparse_warnings()
{
	local k

	for k in "${kernels[@]}"; do
		# no lock contexts: sparse does not see where a guard() ends.
		# What gcc has just built stays: only sparse runs.
		modules "$k" C=2 CF=-Wno-context && own_findings "$k"
		report "static: $k sparse"
	done
}

checkpatch()
{
	local list scripts=$cache/source-6.12/scripts

	# bus_register() takes no const bus_type on 6.1
	cp "$scripts"/{checkpatch.pl,spelling.txt} "$out"
	grep -vx bus_type "$scripts/const_structs.checkpatch" >"$out/const_structs.checkpatch"
	list=$(IFS=,; echo "${ignores[*]}")
	sources | beside perl "$out/checkpatch.pl" --strict --no-tree --no-summary \
		--terse --show-types --ignore "$list" -q -f >"$out/log" 2>&1
	drop_allowed "$out/log"
	report "static: checkpatch --strict"
}

kernel_doc()
{
	sources | beside "$cache/source-6.12/scripts/kernel-doc" -none -Werror >"$out/log" 2>&1
	report "static: kernel-doc -Werror"
}

abi()
{
	[ -d Documentation/ABI ] || { skip "static: ABI documents" "there are none"; return; }
	perl "$cache/source-6.12/scripts/get_abi.pl" validate --dir Documentation/ABI >"$out/log" 2>&1 &&
		[ ! -s "$out/log" ]
	report "static: ABI documents are well formed"
}

shell()
{
	# SC2016: wait_for and vm_run take commands in single quotes
	shell_files | sort -u | beside shellcheck -x -P "$top" -s bash -e SC2016 >"$out/log" 2>&1
	report "static: shellcheck"
}

python()
{
	python_files | xargs -r python3 -c '
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)' >"$out/log" 2>&1
	report "static: python parses"
}

licence()
{
	{ sources; shell_files; python_files; find core uld lld tests Documentation -name Kbuild; } | sort -u |
		grep -v '^tests/vm/\(t\|host\)/' |
		xargs -r grep -L 'SPDX-License-Identifier: ' >"$out/log"
	[ ! -s "$out/log" ]
	report "static: every source names its licence"
}

headers()
{
	find tests/vm/t tests/vm/host -name '[0-9]*.sh' 2>/dev/null | while read -r f; do
		head -n 1 "$f" | grep -q '^# proves: .' || echo "$f: the first line is not '# proves: ...'"
	done >"$out/log"
	[ ! -s "$out/log" ]
	report "static: every VM test says what it proves"
}

# The kernel's drivers/nvdimm/e820.c has 73 lines and finds the same memory.
measure()
{
	wc -l Documentation/examples/example_lld.c >"$out/log"
	[ "$(wc -l <Documentation/examples/example_lld.c)" -le 73 ]
	report "static: an LLD for a simple find has at most 73 lines"
}

shell
python
licence
headers
measure
scripts/fetch-kernels.sh source "${kernels[@]}" || { echo "not ok - static: the kernels are fetched"; exit; }
kernel_doc
abi
checkpatch
gcc_warnings
sparse_warnings
clang_warnings

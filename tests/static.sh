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
	LINUX_VERSION_CODE	# one source for two kernels needs it here and there
	SPDX_LICENSE_TAG	# wants the kernel's LICENSES directory beside it
	NOT_UNIFIED_DIFF
)

# our C sources; the user space helpers of the tests are not kernel code
sources() { find core uld lld include -name '*.[ch]' ! -name '*.mod.c' 2>/dev/null | sort; }

shell_files()
{
	grep -rlE -m1 '^#!(/bin/|/usr/bin/env )(ba|da)?sh|^# shellcheck shell=' scripts tests .ci 2>/dev/null
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
		modules -o "w1-$k" "$k" W=1 KCFLAGS=-Werror
		report "static: $k builds with gcc W=1 -Werror"
	done
}

# clang_probe SERIES: do these headers, configured for gcc, accept clang?
clang_probe()
{
	local dir=$out/clang-$1

	mkdir -p "$dir"
	echo 'obj-m := probe.o' >"$dir/Kbuild"
	printf '%s\n' '#include <linux/module.h>' 'MODULE_LICENSE("GPL");' \
		'MODULE_DESCRIPTION("probe");' >"$dir/probe.c"
	make -s -C "$cache/kernels/$1/build" M="$dir" CC=clang-14 \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$dir/log" 2>&1
}

clang_warnings()
{
	local k

	for k in "${kernels[@]}"; do
		if clang_probe "$k"; then
			modules -o "clang-$k" "$k" CC=clang-14 W=1 KCFLAGS=-Werror
			report "static: $k builds with clang W=1 -Werror"
		else
			skip "static: $k builds with clang" "Debian's headers, made for gcc, refuse clang-14: $(
				grep -m1 -i error "$out/clang-$k/log")"
		fi
	done
}

# sparse finds much in the kernel's headers; what is ours counts
sparse_warnings()
{
	local k

	for k in "${kernels[@]}"; do
		if ! modules -o "sparse-$k" "$k" C=2; then
			report "static: $k sparse"
			continue
		fi
		grep -E "build/sparse-$k/(core|uld|lld|include)/.*: (warning|error)" "$out/log" |
			sed "s|.*build/sparse-$k/||" >"$out/own"
		mv "$out/own" "$out/log"
		[ ! -s "$out/log" ]
		report "static: $k sparse"
	done
}

checkpatch()
{
	local list

	list=$(IFS=,; echo "${ignores[*]}")
	sources | xargs -r perl "$cache/source-6.12/scripts/checkpatch.pl" --strict --no-tree --no-summary \
		--terse --show-types --ignore "$list" -q -f >"$out/log" 2>&1
	report "static: checkpatch --strict"
}

kernel_doc()
{
	sources | xargs -r "$cache/source-6.12/scripts/kernel-doc" -none -Werror >"$out/log" 2>&1
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
	shell_files | sort -u | xargs -r shellcheck -x -P "$top" -s bash >"$out/log" 2>&1
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
	{ sources; shell_files; python_files; find core uld lld -name Kbuild; } | sort -u |
		grep -v '^tests/vm/\(t\|host\)/' |
		xargs -r grep -L 'SPDX-License-Identifier: ' >"$out/log"
	[ ! -s "$out/log" ]
	report "static: every source names its licence"
}

headers()
{
	find tests/vm/t tests/vm/host -name '*.sh' 2>/dev/null | while read -r f; do
		head -n 1 "$f" | grep -q '^# proves: .' || echo "$f: the first line is not '# proves: ...'"
	done >"$out/log"
	[ ! -s "$out/log" ]
	report "static: every VM test says what it proves"
}

shell
python
licence
headers
scripts/fetch-kernels.sh source "${kernels[@]}" || { echo "not ok - static: the kernels are fetched"; exit; }
kernel_doc
abi
checkpatch
gcc_warnings
clang_warnings
sparse_warnings

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the modules against one of the kernels under test, outside the
# source tree: build/<series>/ mirrors it with symbolic links, so that the
# build is incremental and sees each edit at once.
#
# usage: build-modules.sh [-o DIR] SERIES|KDIR [make arguments]
#
#   SERIES  6.1, 6.12, debug or kcsan, fetched or built if missing
#   -o DIR  build in build/DIR instead of build/SERIES
#
# The modules end up in build/SERIES/. A warning is an error, of W=1 too, unless
# KCFLAGS= or W= say otherwise; not for a kernel of other series, whose headers
# may have their own.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}

mirror()
{
	local d

	mkdir -p "$1"
	# what was deleted or renamed in the source must not linger
	find "$1" -xtype l -delete
	ln -sf "$top/Kbuild" "$1/Kbuild"
	for d in core uld lld include tests/kmod tests/kunit Documentation/examples; do
		[ -d "$top/$d" ] || continue
		(
			cd "$top/$d"
			find . -type d -printf "$d/%P\n"
		) | (cd "$1" && xargs -r -d '\n' mkdir -p)
		(
			cd "$top/$d"
			find . -type f \( -name '*.[chS]' -a ! -name '*.mod.c' -o -name 'Kbuild*' \
				-o -name 'Makefile*' -o -name '*.sh' -o -name '*.h.in' \) -printf '%P\n'
		) | while read -r f; do
			[ -L "$1/$d/$f" ] || ln -s "$top/$d/$f" "$1/$d/$f"
		done
	done
}

main()
{
	local dir='' kernel kdir out strict=()

	if [ "${1:-}" = -o ]; then
		dir=$2
		shift 2
	fi
	kernel=${1:?usage: build-modules.sh [-o DIR] SERIES|KDIR [make arguments]}
	shift
	case $kernel in
	/*)
		kdir=$kernel
		: "${dir:=$(basename "$kdir")}"
		;;
	*)
		kdir=$cache/kernels/$kernel/build
		[ -e "$kdir/Makefile" ] || "$top/scripts/fetch-kernels.sh" "$kernel"
		strict=(W=1 KCFLAGS=-Werror)
		;;
	esac
	out=$top/build/${dir:-$kernel}

	mkdir -p "$out"
	exec 8>"$out.lock"
	flock 8
	mirror "$out"
	# BTF would need pahole and buys nothing here
	make -s -C "$kdir" M="$out" -j"$(nproc)" CONFIG_DEBUG_INFO_BTF_MODULES= \
		NVM_TESTS=1 "${strict[@]}" "$@" modules 8>&-
}

main "$@"

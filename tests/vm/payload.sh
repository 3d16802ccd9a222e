#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pack what changes from run to run: our modules with their indexes, the
# tests, the helpers and the scripts.
#
# usage: payload.sh SERIES OUT.squashfs

set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$top/scripts/common.sh"
# shellcheck source=tests/vm/squash.sh
. "$top/tests/vm/squash.sh"
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}

build_helpers()
{
	local src bin

	mkdir -p "$top/build/bin"
	exec 7>"$top/build/bin.lock"
	flock 7
	for src in "$top"/tests/vm/bin/*.c; do
		[ -e "$src" ] || continue
		bin=$top/build/bin/$(basename "$src" .c)
		[ "$bin" -nt "$src" ] && continue
		gcc -static -O2 -Wall -o "$bin" "$src" -lpthread
	done
	exec 7>&-
	find "$top/build/bin" -type f | while read -r bin; do
		[ -e "$top/tests/vm/bin/$(basename "$bin").c" ] && cp "$bin" "$1/"
	done
	return 0
}

copy_modules()
{
	local dest=$1 names=$2 built=$top/build/$series ko

	mkdir -p "$dest/updates"
	exec 8>"$built.lock"
	flock 8
	find "$built" -name '*.ko' -exec cp -t "$dest/updates" {} +
	exec 8>&-
	for ko in "$dest"/updates/*.ko; do
		[ -e "$ko" ] || continue
		strip --strip-debug "$ko"
		basename "$ko" .ko | tr - _
	done >"$names"
}

# depmod on the host takes a second, in the emulated guest ten
index_modules()
{
	local dest=$1 base=$2/lib/modules/$kver

	mkdir -p "$base"
	cp "$cache/kernels/$kver"/guest-modules/modules.{order,builtin,builtin.modinfo} "$base"
	ln -s "$cache/kernels/$kver/guest-modules/kernel" "$base/kernel"
	ln -s "$dest/updates" "$base/updates"
	depmod -b "$2" "$kver"
	rm "$base/kernel" "$base/updates"
	cp "$base"/modules.* "$dest"
}

main()
{
	local out p

	series=${1:?usage: payload.sh SERIES OUT.squashfs}
	out=$(realpath -m "${2:?usage: payload.sh SERIES OUT.squashfs}")
	kver=$(cat "$cache/kernels/$series/release")

	"$top/scripts/build-modules.sh" "$series" >&2
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	p=$tmp/payload
	mkdir -p "$p"/{bin,modules,t}
	copy_modules "$p/modules" "$p/modules.list"
	index_modules "$p/modules" "$tmp/depmod"
	rm -rf "$tmp/depmod"
	build_helpers "$p/bin"
	cp -rL "$top"/tests/vm/{lib.sh,guest,t} "$p"
	cp -rL "$top/scripts" "$p/scripts"
	cp "$top/include/nvm/version.h" "$p/scripts/nvmlib"
	if [ -d "$top/tests/vm/data" ]; then cp -rL "$top/tests/vm/data" "$p/data"; fi
	if [ -e "$top/tests/vm/demo.sh" ]; then cp "$top/tests/vm/demo.sh" "$p"; fi
	rm -f "$out"
	mksquashfs "$p" "$out" -all-root "${squash[@]}" >&2
}

main "$@"

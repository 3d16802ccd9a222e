#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install what the tests need and the machine lacks. Knows Debian; elsewhere
# it says what is missing and stops.
#
# usage: deps.sh [build] [static] [model] [vm] [debug] [bench]   (build to vm if none)

# shellcheck disable=SC2034 # the arrays are read by name, in missing()

set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# command:package; a path stands for a file that has to exist
build=(make:make gcc:gcc gcc-12:gcc-12 ld:binutils flock:util-linux xz:xz-utils zstd:zstd
	depmod:kmod python3:python3 perl:perl bc:bc awk:gawk find:findutils
	/usr/lib/x86_64-linux-gnu/libelf.so.1:libelf1 dpkg:dpkg)
static=(sparse:sparse shellcheck:shellcheck git:git clang-14:clang-14)
model=(gcc:gcc clang-14:clang-14 /usr/include/stdio.h:libc6-dev
	/usr/share/doc/libclang-rt-14-dev:libclang-rt-14-dev
	python3:python3 man:man-db)
vm=(qemu-system-x86_64:qemu-system-x86 mmdebstrap:mmdebstrap mksquashfs:squashfs-tools
	mke2fs:e2fsprogs busybox:busybox-static cpio:cpio iasl:acpica-tools
	/usr/include/stdio.h:libc6-dev
	/usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)
# what builds a whole kernel
debug=(flex:flex bison:bison bc:bc /usr/include/libelf.h:libelf-dev
	/usr/include/openssl/evp.h:libssl-dev tar:tar mke2fs:e2fsprogs)
bench=(gnuplot:gnuplot-nox /usr/include/liburing.h:liburing-dev mke2fs:e2fsprogs modinfo:kmod
	fio:fio dmsetup:dmsetup make-bcache:bcache-tools)

say() { printf '# deps: %s\n' "$*" >&2; }

present()
{
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# missing GROUP...: the packages to install
missing()
{
	local group entry

	for group; do
		local -n list=$group
		for entry in "${list[@]}"; do
			present "${entry%%:*}" || echo "${entry#*:}"
		done
	done | sort -u
}

apt_install()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		install --no-install-recommends "$@" </dev/null >&2
}

main()
{
	local group packages

	[ $# -gt 0 ] || set -- build static model vm
	for group; do
		case $group in
		build | model | bench) ;;
		debug) set -- "$@" vm build ;;
		static | vm) set -- "$@" build ;;
		*) say "unknown group $group"; exit 2 ;;
		esac
	done
	mapfile -t packages < <(missing "$@")
	[ "${#packages[@]}" -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say "not a Debian system; install what these Debian packages hold: ${packages[*]}"
		exit 1
	fi
	say "installing ${packages[*]} (waiting for apt)"
	apt_install "${packages[@]}" || {
		say "refreshing the package lists"
		as_root apt-get -qq update </dev/null >&2
		apt_install "${packages[@]}"
	}
}

main "$@"

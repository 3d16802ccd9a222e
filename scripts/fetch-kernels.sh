#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch the kernels under test into a cache outside the tree. Nothing is
# installed on the host.
#
# usage: fetch-kernels.sh [6.1] [6.12] [source]
#        fetch-kernels.sh debug|kcsan
#
# For each series S the newest Debian amd64 kernel becomes
#   $NVM_CACHE/kernels/S -> <kver>   with  build/ vmlinuz vmlinux config lib/
# and "source" puts checkpatch, kernel-doc and get_abi below
#   $NVM_CACHE/source-6.12/scripts.
# "debug" and "kcsan" are built from source: see scripts/debug-kernel.sh.

set -euo pipefail

cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}

# shellcheck source=scripts/apt-lib.sh
. "$(dirname "$0")/apt-lib.sh"

# image_pattern SERIES: the names of the stock amd64 flavour of one series
image_pattern()
{
	case $1 in
	6.1) echo '^linux-image-6\.1\.0-[0-9]+-amd64$' ;;
	6.12) echo '^linux-image-6\.12\.[0-9]+\+deb[0-9]+-amd64$' ;;
	*) die "unknown kernel series $1 (6.1 and 6.12 are supported)" ;;
	esac
}

# newest SERIES: print the release (uname -r) of the newest kernel apt knows
newest()
{
	local pkg

	while read -r pkg; do
		pkg=${pkg#linux-image-}
		if apt-cache show "linux-headers-$pkg" >/dev/null 2>&1; then
			echo "$pkg"
			return
		fi
	done < <(apt-cache pkgnames "linux-image-$1." | grep -E "$(image_pattern "$1")" | sort -rV)
}

# header_deps KVER: the packages besides the image that a module build needs
header_deps()
{
	apt-cache show --no-all-versions "linux-headers-$1" | sed -n 's/^Depends: //p' |
		tr ',' '\n' | grep -oE 'linux-(headers|kbuild)-[^ ]+'
}

# relocate KVER: the packaged headers name their place by absolute path
relocate()
{
	local headers=usr/src/linux-headers-$1

	# The one makefile line must survive both "make -C" and O=, hence
	# the path from MAKEFILE_LIST and not a relative include.
	sed -i "s|^include /usr/src/|include \$(dir \$(abspath \$(lastword \$(MAKEFILE_LIST))))../|" \
		"$headers/Makefile"
	ln -sfn "../../../$headers" "lib/modules/$1/build"
	ln -sfn "$headers" build
	ln -sfn "boot/vmlinuz-$1" vmlinuz
	ln -sfn "boot/config-$1" config
}

# A decompressed kernel boots through its PVH entry and saves the guest
# seconds of emulated decompression. It is the same image.
extract_vmlinux()
{
	python3 - "$1" "$2" <<'PY'
import lzma, struct, subprocess, sys
image = open(sys.argv[1], "rb").read()
setup = (image[0x1f1] or 4) + 1
offset, length = struct.unpack_from("<II", image, 0x248)
start = setup * 512 + offset
data = image[start:start + length]
if data[:6] == b"\xfd7zXZ\0":
    elf = lzma.LZMADecompressor().decompress(data)
elif data[:4] == b"\x28\xb5\x2f\xfd":
    elf = subprocess.run(["zstd", "-dc"], input=data, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
else:
    sys.exit("unknown kernel compression")
if elf[:4] != b"\x7fELF":
    sys.exit("no ELF image inside")
open(sys.argv[2], "wb").write(elf)
PY
}

fetch_kernel()
{
	local series=$1 kver tmp deb

	kver=$(newest "$series")
	[ -n "$kver" ] || { apt_update; kver=$(newest "$series"); }
	if [ -z "$kver" ]; then
		[ -e "$cache/kernels/$series/build/Makefile" ] &&
			{ say "apt knows no $series kernel, using the cached one"; return; }
		die "apt knows no linux-image-$series amd64 kernel (Debian 12 with its security suite is needed)"
	fi
	if [ ! -d "$cache/kernels/$kver" ]; then
		say "$series: downloading Linux $kver"
		tmp=$(mktemp -d "$cache/kernels/.tmp.XXXXXX")
		(
			cd "$tmp"
			mapfile -t deps < <(header_deps "$kver")
			download "linux-image-$kver" "linux-headers-$kver" "${deps[@]}"
			for deb in *.deb; do dpkg -x "$deb" .; done
			rm -f -- *.deb
			relocate "$kver"
			extract_vmlinux vmlinuz vmlinux
			echo "$kver" >release
		)
		mv -T "$tmp" "$cache/kernels/$kver"
	fi
	ln -sfn "$kver" "$cache/kernels/$series"
}

fetch_source()
{
	local dest=$cache/source-6.12 tmp

	[ ! -d "$dest" ] || return 0
	say "downloading linux-source-6.12 (checkpatch, kernel-doc, get_abi)"
	tmp=$(mktemp -d "$cache/.tmp.XXXXXX")
	(
		cd "$tmp"
		download linux-source-6.12
		dpkg -x linux-source-6.12_*.deb deb
		tar -xJf deb/usr/src/linux-source-6.12.tar.xz --strip-components=1 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' '*/scripts/kernel-doc' \
			'*/scripts/get_abi.pl' '*/Documentation/dev-tools/checkpatch.rst'
		rm -rf deb ./*.deb
	)
	mv -T "$tmp" "$dest"
}

main()
{
	local what

	# it has a lock of its own: others need not wait until it is built
	case $* in
	debug) exec "$(dirname "$0")/debug-kernel.sh" ;;
	kcsan) exec "$(dirname "$0")/debug-kernel.sh" kcsan ;;
	esac
	command -v apt-get >/dev/null || die "this needs apt (a Debian system)"
	mkdir -p "$cache/kernels"
	exec 9>"$cache/.lock"
	flock -n 9 || { say "waiting for another fetch to end"; flock 9; }
	rm -rf "$cache"/.tmp.* "$cache"/kernels/.tmp.*
	[ $# -gt 0 ] || set -- 6.1 6.12 source
	for what; do
		case $what in
		source) fetch_source ;;
		*) fetch_kernel "$what" ;;
		esac
	done
}

main "$@"

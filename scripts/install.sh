#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install NvM-core and take it away again: the modules' source for DKMS, which
# builds them for each kernel; nvmctl; what udev, modprobe and initramfs-tools
# have to know. Needs no network.
#
# usage: install.sh install|uninstall|version
#
#   DESTDIR=DIR   only put the files, below DIR: a package is made of them
#   PREFIX=DIR    where nvmctl, its manual and completion go (/usr/local).
#                 The rest is where udev, modprobe, DKMS and initramfs-tools
#                 look, and nowhere else
#   KVER="K..."   build for these kernels (default: all that have headers)

set -euo pipefail
shopt -s nullglob

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$top/scripts/common.sh"
prefix=${PREFIX:-/usr/local}
name=nvm-core
version=$(sed -n 's/^#define NVM_VERSION\t"\(.*\)"$/\1/p' "$top/include/nvm/version.h")
src=/usr/src/$name-$version
troubles=() # what failed and did not keep the rest from being done

say() { printf '%s\n' "$*"; }
die() { printf 'install: %s\n' "$*" >&2; exit 1; }

# files: all there is to install, a line each: mode, file here, place there.
# 6xx and 7xx are copied as they are; what names other places is "edited".
files()
{
	local f

	cd "$top"
	find Kbuild core uld lld include \( -name '*.[chS]' -o -name 'Kbuild*' \) ! -name '*.mod.c' |
		while read -r f; do echo "644 $f $src/$f"; done
	echo "644 scripts/dkms/modules.mk $src/modules.mk"
	echo "edited scripts/dkms/dkms.conf.in $src/dkms.conf"

	echo "755 scripts/nvmctl $prefix/sbin/nvmctl"
	for f in scripts/nvmlib/*.py; do
		echo "644 $f $prefix/lib/nvmctl/nvmlib/${f##*/}"
	done
	echo "644 include/nvm/version.h $prefix/lib/nvmctl/nvmlib/version.h"
	echo "644 scripts/completion/nvmctl $prefix/share/bash-completion/completions/nvmctl"
	for f in scripts/man/*.[1-9]; do
		echo "644 $f $prefix/share/man/man${f##*.}/${f##*/}"
	done
	for f in scripts/udev/*.example scripts/modprobe.d/*.example; do
		echo "edited $f $prefix/share/doc/nvmctl/examples/$(basename "$f" .example)"
	done

	for f in scripts/udev/*.rules; do
		echo "644 $f /usr/lib/udev/rules.d/${f##*/}"
	done
	for f in scripts/udev/nvm-probe-*; do
		echo "edited $f $prefix/lib/nvmctl/${f##*/}"
	done
	for f in scripts/modprobe.d/*.conf; do
		echo "edited $f /usr/lib/modprobe.d/${f##*/}"
	done
	echo "755 scripts/initramfs/hook /usr/share/initramfs-tools/hooks/nvm"
	echo "755 scripts/initramfs/init-premount /usr/share/initramfs-tools/scripts/init-premount/nvm"
}

# put MODE FILE PLACE
put()
{
	local mode=$1

	if [ "$mode" = edited ]; then
		mode=644
		[ ! -x "$top/$2" ] || mode=755
		install -D -m "$mode" /dev/null "$3"
		sed "s|@VERSION@|$version|; s|/usr/sbin/nvmctl|$prefix/sbin/nvmctl|g
			s|/usr/lib/nvmctl/|$prefix/lib/nvmctl/|g
			s|/usr/share/doc/nvmctl/|$prefix/share/doc/nvmctl/|g" "$top/$2" >"$3"
	else
		install -D -m "$mode" "$top/$2" "$3"
	fi
}

# new_dirs PLACE: the directories that are made for it, each with a slash
new_dirs()
{
	local dir=${1%/*}

	while [ -n "$dir" ] && [ ! -d "${DESTDIR:-}$dir" ]; do
		echo "$dir/"
		dir=${dir%/*}
	done
}

put_files()
{
	local mode file place failed=

	files | while read -r mode file place; do
		new_dirs "$place"
		echo "$place"
		put "$mode" "$file" "${DESTDIR:-}$place" || exit
	done >"$list" || failed=y
	# what "uninstall" takes away, whatever the tree looks like by then, and of
	# half an installation, too
	install -D -m 644 "$list" "${DESTDIR:-}$src/installed-files"
	[ -z "$failed" ] || die "not everything could be put there; make uninstall takes away what was"
}

# take_files LIST: away with what was put
take_files()
{
	local place

	sort -r "$1" >"$list" || die "cannot read $1"
	rm -f "$1"
	while read -r place; do
		case $place in
		*/) rmdir "${DESTDIR:-}$place" 2>/dev/null || true ;;
		*) rm -f "${DESTDIR:-}$place" ;;
		esac
	done <"$list"
}

# packaged: one of the Debian packages has what we would install
packaged()
{
	local all

	# it fails if it does not know one of the two
	all=$(dpkg-query -W -f '${db:Status-Status}\n' nvm-core-dkms nvmctl 2>/dev/null) || true
	grep -qx installed <<<"$all"
}

# kernels: those to build for
kernels()
{
	local k

	for k in ${KVER:-/lib/modules/*/build/.config}; do
		k=${k#/lib/modules/}
		echo "${k%/build/.config}"
	done
}

# build: for each kernel; one that is refused, with the reason, is no failure,
# and one that fails does not keep the others from theirs
build()
{
	local k rc built=() unbuilt=()

	dkms add "$name/$version" >/dev/null
	for k in $(kernels); do
		rc=0
		dkms install "$name/$version" -k "$k" || rc=$?
		case $rc in
		0) built+=("$k") ;;
		77) ;;
		*) unbuilt+=("$k") ;;
		esac
	done
	[ ${#unbuilt[@]} = 0 ] || troubles+=("dkms cannot build for ${unbuilt[*]}")
	say "$name $version has modules for ${built[*]:-no kernel here}"
}

# remove_all: each version that "install" has put here
remove_all()
{
	local there old found=

	for there in "${DESTDIR:-}/usr/src/$name"-*/installed-files; do
		found=y
		old=${there%/*}
		old=${old##*/"$name"-}
		if [ -z "${DESTDIR:-}" ] && [ -e "/var/lib/dkms/$name/$old" ]; then
			dkms remove "$name/$old" --all || die "dkms cannot remove $old"
		fi
		take_files "$there"
	done
	[ -n "$found" ]
}

# tell_the_rest: who reads what was put or taken away
tell_the_rest()
{
	if [ -S /run/udev/control ]; then
		udevadm control --reload || true
	fi
	if command -v update-initramfs >/dev/null && [ -n "$(echo /boot/initrd.img-*)" ]; then
		update-initramfs -u -k all || troubles+=("not every initramfs is made (update-initramfs -u -k all)")
	fi
}

# end_well: or say all that went wrong
end_well()
{
	local all

	[ ${#troubles[@]} != 0 ] || return 0
	all=$(printf '%s; ' "${troubles[@]}")
	die "${all%; }; all else is done"
}

do_install()
{
	[ "$top" != "$src" ] || die "this tree is DKMS's own copy: install from another"
	if [ -z "${DESTDIR:-}" ]; then
		[ "$(id -u)" = 0 ] || die "only root may do this"
		command -v dkms >/dev/null || die "needs dkms: apt install dkms linux-headers-\$(uname -r)"
		! packaged || die "the Debian package is installed: apt remove nvm-core-dkms nvmctl first"
		remove_all || true
	fi
	put_files
	[ -z "${DESTDIR:-}" ] || return 0
	build
	tell_the_rest
	end_well
	say "'nvmctl doctor' says what there is to use"
}

do_uninstall()
{
	[ -n "${DESTDIR:-}" ] || [ "$(id -u)" = 0 ] || die "only root may do this"
	[ -n "${DESTDIR:-}" ] || ! packaged || die "the files are the Debian package's: apt remove nvm-core-dkms nvmctl"
	remove_all || die "nothing here that 'make install' has put"
	[ -z "${DESTDIR:-}" ] || return 0
	tell_the_rest
	end_well
}

[ -n "$version" ] || die "no version in include/nvm/version.h"
[[ $prefix = /* && ${DESTDIR:-/} = /* ]] || die "PREFIX and DESTDIR have to be absolute"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
case ${1:-} in
install | uninstall) "do_$1" ;;
version) say "$version" ;;
*) die "usage: install.sh install|uninstall|version" ;;
esac

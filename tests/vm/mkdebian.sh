#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make a Debian 12 to install into, once, in the cache: a root file system
# with systemd, DKMS, a compiler, what makes packages, and both kernels under
# test with their headers. Left out are modules of hardware that no test has.
#
# usage: mkdebian.sh
# Prints its directory, which belongs to root.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/common.sh
. "$here/../../scripts/common.sh"
# shellcheck source=tests/vm/debian-sources.sh
. "$here/debian-sources.sh"
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}

packages=systemd-sysv,udev,kmod,initramfs-tools,e2fsprogs,login,procps,python3
packages+=,bash-completion,man-db,zstd,dkms,make,gcc,libc6-dev,dpkg-dev,debhelper,dh-dkms,fakeroot,lintian
left_out=(gpu media net sound infiniband staging iio isdn usb)

say() { printf '# images: %s\n' "$*" >&2; }

make_debian()
{
	local dir=$1 tmp=$2 args d k

	args=(--variant=minbase --format=directory --quiet --include="$packages"
		--aptopt='APT::Install-Recommends "false"'
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
		--dpkgopt='path-exclude=/*lib/modules/*/kernel/sound/*'
		--customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*')
	for d in "${left_out[@]}"; do
		args+=(--dpkgopt="path-exclude=/*lib/modules/*/kernel/drivers/$d/*")
	done
	for k in "${kernels[@]}"; do
		args+=(--include="linux-image-$k,linux-headers-$k")
	done
	args+=(bookworm "$tmp/root")
	sources >"$tmp/sources"
	[ ! -s "$tmp/sources" ] || args+=("$tmp/sources")
	say "making a Debian root with ${kernels[*]} (once)"
	# no initramfs of its own: each test makes those it boots
	as_root env INITRD=No mmdebstrap "${args[@]}" >&2
	as_root mv "$tmp/root" "$dir"
}

main()
{
	local s dir tmp kernels=()

	for s in 6.1 6.12; do
		[ -e "$cache/kernels/$s/release" ] || "$here/../../scripts/fetch-kernels.sh" "$s"
		kernels+=("$(<"$cache/kernels/$s/release")")
	done
	exec 9>"$cache/.images.lock"
	flock -n 9 || { say "waiting for another run to make the images"; flock 9; }
	dir=$cache/debian-$({ declare -f make_debian; echo "$packages ${left_out[*]} ${kernels[*]}"; } |
		sha256sum | cut -c1-12)
	if [ ! -d "$dir" ]; then
		tmp=$(mktemp -d "$cache/.img.XXXXXX")
		# shellcheck disable=SC2064 # this one
		trap "as_root rm -rf --one-file-system '$tmp'" EXIT
		make_debian "$dir" "$tmp"
		rm -rf "$tmp"
	fi
	echo "$dir"
}

main

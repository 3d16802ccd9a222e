#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the images the VM boots from, into the cache:
#   root-<hash>.squashfs                 a small Debian 12
#   kernels/<kver>/modules-<hash>.squashfs  the kernel's own modules
#   kernels/<kver>/initrd-<hash>.cpio    finds and mounts the two
#
# usage: mkimages.sh SERIES
# Prints three paths: the root, the modules and the initrd.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/common.sh
. "$here/../../scripts/common.sh"
# shellcheck source=tests/vm/debian-sources.sh
. "$here/debian-sources.sh"
# shellcheck source=tests/vm/squash.sh
. "$here/squash.sh"
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}

# Change the recipe and the images are made anew.
packages=bash,coreutils,util-linux,mount,procps,psmisc,grep,sed,gawk,findutils,diffutils,udev,kmod
packages+=,e2fsprogs,xfsprogs,fio,ndctl,daxctl,dmsetup,pmdk-tools,libpmemobj1,libpmem1
packages+=,python3-minimal,libpython3-stdlib,strace,pciutils,i2c-tools,hostname,iproute2

# The parts of the kernel's modules a storage test can need.
keep=(arch/x86/crypto block crypto fs lib mm
	drivers/acpi drivers/ata drivers/base drivers/block drivers/char drivers/cxl
	drivers/dax drivers/dca drivers/dma drivers/edac drivers/firmware drivers/hwmon
	drivers/i2c drivers/input/serio drivers/md drivers/misc drivers/mtd drivers/mux
	drivers/nvdimm drivers/nvme drivers/nvmem drivers/pci drivers/platform/x86
	drivers/regmap drivers/scsi drivers/tty drivers/uio drivers/vfio drivers/virtio)

say() { printf '# images: %s\n' "$*" >&2; }

# shellcheck disable=SC2016 # the hooks are for mmdebstrap's shell
make_root()
{
	local out=$1 tmp=$2
	local args=(--variant=custom --include="base-files,base-passwd,dash,dpkg,libc-bin,$packages"
		--format=directory --quiet
		--aptopt='APT::Install-Recommends "false"'
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
		--dpkgopt='path-exclude=/usr/lib/udev/hwdb.d/*'
		--customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/* "$1"/usr/lib/udev/hwdb.bin'
		--customize-hook='mkdir -p "$1/lib/modules" "$1/payload" "$1/mnt" "$1/sys" "$1/proc" "$1/dev" "$1/run"'
		bookworm "$tmp/root")

	say "making the guest's Debian root (once)"
	sources >"$tmp/sources"
	if [ -s "$tmp/sources" ]; then
		args+=("$tmp/sources")
	fi
	# a root file system has files of root's, and some only root may read
	as_root mmdebstrap "${args[@]}" >&2
	as_root mksquashfs "$tmp/root" "$out" "${squash[@]}" >&2
	as_root chown "$(id -u):$(id -g)" "$out"
	as_root rm -rf --one-file-system "$tmp/root"
}

make_modules()
{
	local out=$1 tmp=$2 kver=$3 dir

	say "$kver: making the image of its modules (once)"
	mkdir -p "$tmp/m/kernel"
	cp "$cache/kernels/$kver/lib/modules/$kver"/modules.* "$tmp/m"
	for dir in "${keep[@]}"; do
		[ -d "$cache/kernels/$kver/lib/modules/$kver/kernel/$dir" ] || continue
		mkdir -p "$tmp/m/kernel/$(dirname "$dir")"
		cp -r "$cache/kernels/$kver/lib/modules/$kver/kernel/$dir" "$tmp/m/kernel/$dir"
	done
	find "$tmp/m" -name '*.ko.xz' -print0 | xargs -0r -n 64 -P "$(nproc)" xz -d
	mkdir -p "$tmp/b/lib/modules"
	mv "$tmp/m" "$tmp/b/lib/modules/$kver"
	depmod -b "$tmp/b" "$kver"
	mkdir "$tmp/b/lib/modules/$kver/updates"
	# a copy stays outside the image, for depmod with our modules added
	rm -rf "$cache/kernels/$kver/guest-modules"
	cp -r "$tmp/b/lib/modules/$kver" "$cache/kernels/$kver/guest-modules"
	mksquashfs "$tmp/b/lib/modules/$kver" "$out" "${squash[@]}" >&2
}

# load_order DIR MODULE: its file after those it needs; nothing if built in
load_order()
{
	awk -v end="/$2.ko:" 'substr($1, length($1) - length(end) + 1) == end {
		sub(":", "", $1)
		for (i = NF; i > 0; i--)
			print $i
	}' "$1/modules.dep"
}

make_initrd()
{
	local out=$1 tmp=$2 kver=$3 m n=10
	local mods=$cache/kernels/$kver/guest-modules

	mkdir -p "$tmp"/i/{bin,dev,proc,sys,new,rootfs,modfs,rw,payload,lib/modules}
	cp "$(command -v busybox)" "$tmp/i/bin/busybox"
	cp "$here/guest/initramfs" "$tmp/i/init"
	chmod +x "$tmp/i/init"
	for m in virtio_pci virtio_blk virtio_console squashfs overlay; do
		load_order "$mods" "$m"
	done | awk '!seen[$0]++' | while read -r m; do
		cp "$mods/$m" "$tmp/i/lib/modules/$n-$(basename "$m")"
		n=$((n + 1))
	done
	(cd "$tmp/i" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >"$out"
}

# cached FUNCTION OUT [args]: run FUNCTION into a temporary name
cached()
{
	local func=$1 out=$2 tmp

	shift 2
	[ -e "$out" ] && return
	tmp=$(mktemp -d "$cache/.img.XXXXXX")
	"$func" "$tmp/out" "$tmp" "$@"
	mv "$tmp/out" "$out"
	rm -rf --one-file-system "$tmp"
}

# key FUNCTION TEXT: a name for what the function makes from the text
key() { { declare -f "$1"; echo "${squash[*]} $2"; } | sha256sum | cut -c1-12; }

main()
{
	local kver root modules initrd

	kver=$(cat "$cache/kernels/${1:?usage: mkimages.sh SERIES}/release")
	exec 9>"$cache/.images.lock"
	flock -n 9 || { say "waiting for another run to make the images"; flock 9; }

	root=$cache/root-$(key make_root "$packages").squashfs
	modules=$cache/kernels/$kver/modules-$(key make_modules "${keep[*]}").squashfs
	initrd=$cache/kernels/$kver/initrd-$(key make_initrd "$(declare -f load_order) $(<"$here/guest/initramfs")").cpio
	cached make_root "$root"
	cached make_modules "$modules" "$kver"
	cached make_initrd "$initrd" "$kver"
	printf '%s\n' "$root" "$modules" "$initrd"
}

main "$@"

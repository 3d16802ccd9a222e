#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "make deb": Debian packages, in build/deb. Nothing is compiled, so it needs
# no kernel and no build-essential: apt install dpkg-dev debhelper dh-dkms.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=$top/build/deb
version=$("$top/scripts/install.sh" version)
tree=$out/nvm-core-$version

for tool in dpkg-buildpackage dh dh_dkms; do
	command -v "$tool" >/dev/null ||
		{ echo "make deb: no $tool: apt install dpkg-dev debhelper dh-dkms" >&2; exit 1; }
done

rm -rf "$out"
mkdir -p "$tree"
# the source, and nothing that was built from it
(cd "$top" && find COPYING Documentation Kbuild Kconfig Makefile README.md core include lld \
	scripts uld \( -type f -o -type l \) \( -name '.*' -o -name '*.ko' -o -name '*.o' -o -name '*.a' \
	-o -name '*.mod' -o -name '*.mod.c' -o -name '*.order' -o -name '*.symvers' \
	-o -path '*/__pycache__/*' -o -path 'scripts/debian/*' -o -print0 \)) |
	(cd "$top" && xargs -0 cp --parents -a -t "$tree")
cp -a "$top/scripts/debian" "$tree/debian"
rm "$tree/debian/changelog.in"
date=$(git -C "$top" log -1 --format=%cD 2>/dev/null || date -R)
sed "s/@VERSION@/$version/; s/@DATE@/$date/" "$top/scripts/debian/changelog.in" >"$tree/debian/changelog"

(cd "$tree" && dpkg-buildpackage -d -us -uc "$@")
rm -rf "$tree"
ls "$out"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hook this tree into a kernel's source, so that the stack can be built in:
# drivers/nvm with links to it, and one line each in drivers/Kconfig and
# drivers/Makefile. Then CONFIG_NVM_CORE and what depends on it, see Kconfig.
#
# usage: hook-up.sh [-u] KERNEL-SOURCE
#
#   -u  take it out again
#
# Build that kernel with O=, else the objects come to lie in this tree.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)

# kconfig_line, makefile_line: what the kernel's two files get
kconfig_line='source "drivers/nvm/Kconfig"'
# shellcheck disable=SC2016 # make's variable
makefile_line='obj-$(CONFIG_NVM_CORE)		+= nvm/'

hook()
{
	local f

	mkdir -p "$1/nvm"
	for f in Kbuild Kconfig include core uld lld; do
		ln -sfn "$top/$f" "$1/nvm/$f"
	done
	# into new files: the old ones may be hard links
	grep -qxF "$kconfig_line" "$1/Kconfig" || sed -i "/^endmenu/i $kconfig_line\n" "$1/Kconfig"
	grep -qxF "$makefile_line" "$1/Makefile" || sed -i "\$a $makefile_line" "$1/Makefile"
}

unhook()
{
	local f

	for f in Kbuild Kconfig include core uld lld; do
		rm -f "$1/nvm/$f"
	done
	rmdir "$1/nvm"
	sed -i "\|^$kconfig_line\$|,+1d" "$1/Kconfig"
	sed -i "/CONFIG_NVM_CORE/d" "$1/Makefile"
}

main()
{
	local action=hook usage='usage: hook-up.sh [-u] KERNEL-SOURCE'

	if [ "${1:-}" = -u ]; then
		action=unhook
		shift
	fi
	[ -e "${1:?$usage}/drivers/Kconfig" ] || { echo "$1 is no kernel's source" >&2; exit 1; }
	"$action" "$1/drivers"
}

main "$@"

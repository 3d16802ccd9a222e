#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What scripts and tests share, on the host and in the guest. To be sourced.

# depmod, modinfo and mke2fs are where a plain user does not look
PATH=$PATH:/usr/sbin:/sbin

# draw N SEED: N lines of the standard input, in any order, the same for a seed
draw()
{
	awk -v seed="$2" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -g | head -n "$1" | cut -f2-
}

# as_root CMD...: some of what is to be installed or made needs it
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "neither root nor sudo: cannot run $*" >&2
		return 1
	fi
}

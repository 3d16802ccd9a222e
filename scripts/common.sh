#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the scripts that fetch, install and make images share. To be sourced.

# depmod, modinfo and mke2fs are where a plain user does not look
PATH=$PATH:/usr/sbin:/sbin

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

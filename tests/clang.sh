#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# clang for kernel headers that were configured for gcc: leave out the
# options it does not know. They change the code, not its meaning, and what
# this compiles is only looked at, never loaded.

set -euo pipefail

args=()
for arg; do
	case $arg in
	-mfunction-return=* | -mindirect-branch* | -mharden-sls=* | -mrecord-mcount) ;;
	-mpreferred-stack-boundary=* | -fmin-function-alignment=* | -falign-*) ;;
	-fconserve-stack | -fno-allow-store-data-races | -ftrivial-auto-var-init=*) ;;
	-fzero-init-padding* | -fsanitize=bounds-strict | -fplugin*) ;;
	-Werror=unknown-warning-option) ;;
	*) args+=("$arg") ;;
	esac
done
# the per-CPU macros of 6.12 name an address space twice
exec "${CLANG:-clang-14}" -Qunused-arguments "${args[@]}" \
	-Wno-unknown-warning-option -Wno-duplicate-decl-specifier

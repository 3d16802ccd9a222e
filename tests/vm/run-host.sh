#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run one host test: a bash script that drives VMs with hostlib.sh. The
# reason of a failure goes to descriptor 3.
#
# usage: run-host.sh FILE, from run.sh; alone: KERNEL=6.12 run-host.sh FILE

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/common.sh
. "$here/../../scripts/common.sh"
# shellcheck source=tests/vm/hostlib.sh
. "$here/hostlib.sh"

allowed=()

{ true >&3; } 2>/dev/null || exec 3>&2

ok() { printf 'ok %s\n' "$*"; }
fail() { printf 'not ok %s (line %s)\n' "$*" "${BASH_LINENO[*]}"; echo "$*" >&3; exit 1; }
skip() { echo "$*" >&3; exit 77; }
must() { "$@" || fail "exit code $?: $*"; }
allow_log() { allowed+=("$1"); }

# finish: the kernel's messages count as in the other tests
finish()
{
	local rc=$? bad

	[ -z "${VM_DIR:-}" ] || vm_kill
	if [ -e "${VM_CONSOLE:-}" ]; then
		bad=$("$here/ctl.py" "$VM_CONSOLE" scan "${allowed[@]}") || {
			[ "$rc" != 0 ] || echo "kernel log: $bad" >&3
			rc=1
		}
	fi
	# some of it may be root's
	rm -rf "$scratch" 2>/dev/null || as_root rm -rf --one-file-system "$scratch"
	[ -z "$own_work" ] || rm -rf "$VM_WORK"
	exit "$rc"
}

own_work=
if [ -z "${VM_WORK:-}" ]; then
	own_work=y
	vm_prepare "${KERNEL:-6.12}" || exit
fi
[ -z "${VM_CONSOLE_LOG:-}" ] || rm -f "$VM_CONSOLE_LOG"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nvm-host.XXXXXX")
trap finish EXIT
trap 'exit 143' TERM INT
file=$(realpath "${1:?usage: run-host.sh FILE}")
cd "$scratch" || exit
# shellcheck source=/dev/null
. "$file"

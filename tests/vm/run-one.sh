#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot a VM with the modules as they are now, run one command, print its
# output; the kernel log too if it fails.
#
# usage: run-one.sh [KERNEL=6.12] [VM=main] [TIMEOUT=300] [LOG=1] -- 'command'
#        run-one.sh [...] test t/010-name.sh
#
# LOG=1 prints the kernel log in any case. CMDLINE='...' adds words to the
# kernel's command line, QEMU='...' arguments for QEMU.

set -uo pipefail
# shellcheck source=tests/vm/hostlib.sh
. "$(dirname "$0")/hostlib.sh"

KERNEL=${KERNEL:-6.12} VM=${VM:-main} TIMEOUT=${TIMEOUT:-300} LOG=${LOG:-}
CMDLINE=${CMDLINE:-} QEMU=${QEMU:-}

while [[ ${1:-} == *=* ]]; do
	declare "$1"
	shift
done
usage='usage: run-one.sh [KERNEL=6.12] [VM=main] [TIMEOUT=300] -- command | test FILE'
[ $# -gt 0 ] || { echo "$usage" >&2; exit 2; }

trap vm_cleanup EXIT
trap 'exit 130' INT TERM
read -ra qemu <<<"$QEMU"
# shellcheck disable=SC2034 # for hostlib.sh
VM_CMDLINE=$CMDLINE
vm_prepare "$KERNEL" || exit
vm_start "$VM" "${qemu[@]}" || exit
vm_say "Linux $(cat "$VM_CACHE/kernels/$KERNEL/release") is up after $(vm_run 'cut -d. -f1,2 /proc/uptime | cut -d" " -f1') s of guest time"
if [ "$1" = test ]; then
	log=$VM_WORK/log
	vm_test "t/$(basename "$2")" "$TIMEOUT" "$log"
	rc=$?
	cat "$log"
else
	[ "$1" = -- ] && shift
	vm_run "$*" "$TIMEOUT"
	rc=$?
	if [ "$rc" != 0 ] || [ -n "$LOG" ]; then
		vm_say "exit code $rc; the kernel's log:"
		if [ "$rc" -lt 125 ]; then
			vm_run 'dmesg | tail -n 80' 30 >&2
		else
			tail -n 60 "$VM_CONSOLE.new" >&2
		fi
	fi
fi
exit "$rc"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "make demo": boot the VM and run tests/vm/demo.sh in it. Only what the
# demonstration itself prints is shown; the kernel's log is kept in
# build/log/demo.

set -uo pipefail
# shellcheck source=tests/vm/hostlib.sh
. "$(dirname "$0")/vm/hostlib.sh"

KERNEL=${KERNEL:-6.12}
[ -e "$VM_HERE/demo.sh" ] || { echo "demo: tests/vm/demo.sh is missing" >&2; exit 1; }

trap vm_cleanup EXIT
trap 'exit 130' INT TERM
"$VM_TOP/scripts/deps.sh" vm || exit
mkdir -p "$VM_LOGS"
export VM_CONSOLE_LOG=$VM_LOGS/demo
rm -f "$VM_CONSOLE_LOG"
vm_say "preparing (the first time it downloads a kernel and makes the images: a few minutes)"
vm_prepare "$KERNEL" || exit
vm_say "booting Linux $(cat "$VM_CACHE/kernels/$KERNEL/release") in QEMU, about ten seconds"
vm_start main || exit
vm_run 'cd /root && bash /payload/demo.sh' "${DEMO_TIMEOUT:-600}"
rc=$?
case $rc in
0) ;;
124) vm_say "the demonstration did not end in time" ;;
125 | 126) vm_say "the guest is gone" ;;
*) vm_say "the demonstration failed with exit code $rc" ;;
esac
[ "$rc" = 0 ] || vm_say "the kernel's log: ${VM_CONSOLE_LOG#"$VM_TOP/"}"
exit "$rc"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "make vm": an interactive shell in the VM; Ctrl-a x leaves it.
# KERNEL, VM, CMDLINE and QEMU come from the environment.

set -uo pipefail
# shellcheck source=tests/vm/hostlib.sh
. "$(dirname "$0")/hostlib.sh"

trap vm_cleanup EXIT
"$VM_TOP/scripts/deps.sh" vm || exit
read -ra qemu <<<"${QEMU:-}"
export VM_LOGLEVEL=4
VM_CMDLINE="nvm.shell=1 ${CMDLINE:-}"
vm_prepare "${KERNEL:-6.12}" || exit
vm_machine "${VM:-main}" || exit
VM_DIR=$(mktemp -d "$VM_WORK/shell.XXXXXX")
mapfile -t args < <(vm_qemu)
vm_say "booting Linux $(cat "$VM_CACHE/kernels/$VM_KERNEL/release"), about ten seconds; Ctrl-a x ends it"
qemu-system-x86_64 "${args[@]}" "${QEMU_ARGS[@]}" "${qemu[@]}" -serial mon:stdio

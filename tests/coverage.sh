#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "make coverage": run the VM tests on the debug kernel with modules that
# count, then say by file how many lines ran. TESTS= restricts.

set -uo pipefail
cd "$(dirname "$0")/.." || exit
out=build/coverage
export NVM_GCOV=1 VM_LOGS=$PWD/$out/log

rm -rf "$out"
mkdir -p "$out"
tests/run.sh debug
mapfile -t data < <(find "$out/log" -type d -name 'gcov.*')
tests/coverage.py build/debug "$out/uncovered" "${data[@]}" | tee "$out/by-file" || exit
echo "# the lines that nothing ran: $out/uncovered"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Test nvmctl, its completion, manual page and udev rules on machines made
# of files. Needs no kernel and no root. Prints TAP, then a count.

here=$(cd "$(dirname "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1 exec "${PYTHON:-python3}" "$here/run.py"

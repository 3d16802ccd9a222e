# SPDX-License-Identifier: GPL-2.0-only
"""What the user is told when something cannot be done."""

import sys


class Failure(Exception):
    """What the user is told; ends the program with a status."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status


def warn(text):
    print(f"nvmctl: {text}", file=sys.stderr)

# SPDX-License-Identifier: GPL-2.0-only
"""The verb scan: have LLDs look again, and say what came and what went."""

import errno
import os

from nvmlib.change import wait_for_claims
from nvmlib.element import human
from nvmlib.errors import Failure, warn
from nvmlib.memmap import MEANINGS, errno_name
from nvmlib.region import load_regions
from nvmlib.sysfs import BUS


def ask(tree):
    """Have all asked; 1 if one of them could not look."""
    try:
        tree.write(f"{BUS}/scan", "1")
    except OSError as error:
        why = f"{os.strerror(error.errno)} ({errno_name(error.errno)})"
        if error.errno == errno.EACCES:
            raise Failure(f"scan: {why}: {MEANINGS[errno.EACCES]}") from error
        warn(f"scan: not all could look again: {why}; the kernel log names"
             " who")
        return 1
    return 0


def cmd_scan(tree, args):
    before = {region.uid for region in load_regions(tree)}
    status = ask(tree)
    if args.wait:
        wait_for_claims(tree)
    there = load_regions(tree)
    for region in (r for r in there if r.uid not in before):
        claim = f"claimed by {region.uld}" if region.uld else region.state
        print(f"{region.name}: {region.uid}, {human(region.size)} at"
              f" {region.place}, {claim}")
    for uid in sorted(before - {region.uid for region in there}):
        print(f"{uid}: gone")
    return status

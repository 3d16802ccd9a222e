# SPDX-License-Identifier: GPL-2.0-only
"""The verbs that change the regions: add, remove, expand, map, probe."""

import errno
import sys

from nvmlib import udev
from nvmlib.element import Element, human, parse_bytes, parse_list
from nvmlib.errors import Failure, warn
from nvmlib.memmap import (current_elements, element_of, regions_in,
                           remove_retrying, split_list, submit,
                           submit_groups)
from nvmlib.sysfs import BUS

REGIONS_CONF = "/etc/nvm/regions.conf"


def wait_for_claims(tree):
    """Claims, and the modules that udev loads to make them."""
    for _ in range(2):
        tree.write(f"{BUS}/flush", "1")
        udev.settle()


def report_added(tree, elements, wait):
    """Say what is there now; status 1 if a region stayed unclaimed."""
    if wait:
        wait_for_claims(tree)
    status = 0
    for region in regions_in(tree, elements):
        claim = f"claimed by {region.uld}" if region.uld else region.state
        print(f"{region.name}: {human(region.size)} at {region.place},"
              f" {claim}")
        if wait and region.state != "claimed":
            status = 1
            for problem in region.problems():
                warn(f"{region.name}: {problem}")
    return status


def cmd_add(tree, args):
    elements = parse_list(args.elements)
    submit_groups(tree, "add", split_list(elements, "add", args.split))
    return report_added(tree, elements, args.wait)


def cmd_remove(tree, args):
    doomed = []
    for word in (part for arg in args.names for part in arg.split(",")):
        if "@" in word:
            doomed.append(Element.parse(word))
        else:
            element = element_of(tree, word)
            doomed.append(Element(element.size, element.start))
    remove_retrying(tree, "remove", split_list(doomed, "remove", args.split),
                    doomed)
    return 0


def cmd_expand(tree, args):
    if (args.size is None) != ("@" in args.name):
        raise Failure("expand takes NAME NEWSIZE, or nn@ss", 2)
    if args.size is None:
        wanted = Element.parse(args.name)
        size = wanted.size
    else:
        size = parse_bytes(args.size)
    old = element_of(tree, args.name)
    if "@" in args.name and old.start != wanted.start:
        raise Failure(f"{args.name}: the region there starts at"
                      f" {old.start:#x}")
    submit(tree, "add", [old.resized(size)])
    return report_added(tree, [old], args.wait)


def cmd_map(tree, args):
    if args.list is None:
        print(",".join(map(str, current_elements(tree))))
        return 0
    elements = parse_list([args.list])
    starts = {element.start for element in elements}
    doomed = [old for old in current_elements(tree) if old.start not in starts]
    groups = split_list(elements, "map", False)
    if doomed:
        remove_retrying(tree, "map", groups, doomed, args.wait)
    else:
        submit_groups(tree, "map", groups)
    return report_added(tree, elements, args.wait) if elements else 0


def read_conf(path):
    """Lines nn@ss[:options]; # starts a comment; - is standard input."""
    try:
        with (sys.stdin if path == "-" else
              open(path, encoding="utf-8", errors="replace")) as f:
            lines = [line.partition("#")[0].strip() for line in f]
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    return parse_list(lines)


def cmd_probe(tree, args):
    path = args.conf or tree.path(REGIONS_CONF)
    there = {element.start for element in current_elements(tree)}
    elements = [e for e in read_conf(path) if e.start not in there]
    if not elements:
        return 0
    groups = split_list(elements, "probe", args.split)
    submit_groups(tree, "add", groups, retry={errno.ENODEV}, wait=args.wait)
    return report_added(tree, elements, args.wait)

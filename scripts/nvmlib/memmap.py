# SPDX-License-Identifier: GPL-2.0-only
"""The three lists of nvm_memmap: what they say, writing them, refusals."""

import errno
import os
import time

from nvmlib import udev
from nvmlib.element import PAGE_SIZE, Element, parse_list
from nvmlib.errors import Failure, warn
from nvmlib.region import find_region, load_regions
from nvmlib.sysfs import PARAMS
from nvmlib.users import who_uses

MEMMAP = "nvm_memmap"
RETRY_SECONDS = 2.0

# What nvm_memmap means by an errno; the kernel's own line says which range.
MEANINGS = {
    errno.EINVAL: "malformed, not a multiple of 2 MiB, smaller than the device"
                  " there, or the same range with other options",
    errno.EEXIST: "overlaps a region of ours, or its uid is taken",
    errno.EBUSY: "is RAM, belongs to someone else, or is in use",
    errno.ENOENT: "no region there",
    errno.ERANGE: "outside the addresses this kernel can map",
    errno.ENOMEM: "not enough RAM for the struct pages of the range",
    errno.EOPNOTSUPP: "the driver that claims the region cannot grow it, or"
                      " this type is not emulated",
    errno.ENODEV: "the emulated device has lost its power, or the module is"
                  " being loaded or unloaded",
    errno.EIO: "dirty data could not be made durable",
    errno.EPERM: "kernel lockdown forbids it",
    errno.E2BIG: "the list does not fit a page",
    errno.EACCES: "only root may do this",
}


def page_groups(elements):
    """Lists that each fit a sysfs value: less than a page, newline included."""
    groups, length = [[]], 0
    for element in elements:
        length += len(str(element)) + 1
        if length >= PAGE_SIZE and groups[-1]:
            groups.append([])
            length = len(str(element)) + 1
        groups[-1].append(element)
    return groups


def split_list(elements, verb, split):
    groups = page_groups(elements)
    if len(groups) == 1 or split:
        return groups
    hint = "add and remove take --split" if verb == "map" else \
        f"--split writes it in {len(groups)} parts, each all or nothing"
    raise Failure(f"{verb}: {len(elements)} regions do not fit one sysfs value"
                  f" ({PAGE_SIZE - 1} bytes); nothing was written. {hint}")


def abbreviated(text):
    return text if len(text) <= 200 else \
        f"{text[:100]}... ({text.count(',') + 1} regions)"


def errno_name(code):
    if code == errno.EOPNOTSUPP:  # has a second name in Python's table
        return "EOPNOTSUPP"
    return errno.errorcode.get(code, str(code))


def refusal(tree, param, text, error):
    name = errno_name(error.errno)
    if error.errno == errno.ENOENT and not tree.exists(f"{PARAMS}/{param}"):
        return "nvm_memmap is not loaded (modprobe nvm_memmap)"
    lines = [f"{param} {abbreviated(text) or '(empty)'}: refused:"
             f" {os.strerror(error.errno)} ({name})"]
    last = tree.read(f"{PARAMS}/last_error")
    if last:
        lines.append(f"  kernel: {last}")
    if error.errno in MEANINGS:
        lines.append(f"  {name}: {MEANINGS[error.errno]}")
    return "\n".join(lines)


def submit(tree, param, elements, retry=(), wait=True):
    """Write one list; try again while the errno is one that may pass. Without
    wait we may be run by udev, which then cannot be waited for."""
    text = ",".join(map(str, elements))
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return tree.write(f"{PARAMS}/{param}", text)
        except OSError as error:
            if error.errno not in retry or time.monotonic() > deadline:
                raise Failure(refusal(tree, param, text, error)) from error
        if wait:
            udev.settle()
        time.sleep(0.1)


def submit_groups(tree, param, groups, **how):
    for done, group in enumerate(groups):
        try:
            submit(tree, param, group, **how)
        except Failure as failure:
            if done:
                warn(f"{done} of {len(groups)} parts were written before this")
            raise failure


def current_elements(tree):
    """What map= reads, from the regions where that does not fit a page."""
    try:
        return parse_list([tree.read_or_raise(f"{PARAMS}/map")])
    except OSError as error:
        if error.errno != errno.EOVERFLOW:
            raise Failure(refusal(tree, "map", "", error)) from error
    return parse_list([r.element for r in load_regions(tree)
                       if r.lld == MEMMAP and r.element])


def element_of(tree, word):
    """The nvm_memmap device that a name or address means."""
    elements = current_elements(tree)
    if "@" not in word:
        region = find_region(tree, load_regions(tree), word)
        if region.lld != MEMMAP:
            raise Failure(f"{region.name} was found by {region.lld}, not by"
                          f" {MEMMAP}: it cannot be resized or removed here")
        if region.start is None:
            raise Failure(f"{region.name}: only root may read where it starts")
        start = region.start
    else:
        start = Element.parse(word).start
    # the apertures of a windowed region may start behind nn@ss's own start
    for element in elements:
        if element.start <= start < element.end:
            return element
    raise Failure(f"{word}: nvm_memmap has no region there")


def regions_in(tree, elements):
    return [region for region in load_regions(tree) if region.lld == MEMMAP
            and any(region.starts_in(e.start, e.end) for e in elements)]


def remove_retrying(tree, param, groups, doomed, wait=True):
    """A write that removes: udev opens new disks for a moment, so retry."""
    try:
        submit_groups(tree, param, groups, retry={errno.EBUSY}, wait=wait)
    except Failure as failure:
        if getattr(failure.__cause__, "errno", 0) == errno.EBUSY:
            for region in regions_in(tree, doomed):
                if region.users:
                    warn(f"{region.name} is used by"
                         f" {who_uses(tree, region)}")
        raise

# SPDX-License-Identifier: GPL-2.0-only
"""doctor nn@ss: would the kernel refuse this range, and why."""

from nvmlib.element import ALIGN, Element, human, span
from nvmlib.memmap import MEMMAP, current_elements
from nvmlib.memory_map import (pieces, pmem_owner, read_firmware_map,
                               read_iomem)
from nvmlib.region import load_regions
from nvmlib.report import check_lockdown, loaded, lockdown, report_cost
from nvmlib.sysfs import BUS


def check_shape(tree, element, report):
    for what, value in (("size", element.size), ("start", element.start)):
        if value % ALIGN or (what == "size" and not value):
            report.problem(f"its {what} {value:#x} is not a multiple of 2 MiB:"
                           " refused (EINVAL)")


def physical_limit(tree):
    for line in tree.read("/proc/cpuinfo", "").splitlines():
        if line.startswith("address sizes"):
            return 1 << int(line.partition(":")[2].split()[0])
    return 0


def check_ours(tree, element, report):
    """The regions of nvm_memmap that start there: at most one."""
    ours = current_elements(tree) if loaded(tree, MEMMAP) else []
    for old in ours:
        if old.start == element.start and element.size >= old.size:
            report.ok(f"{old} is there: it would be " + (
                "expanded" if element.size > old.size else "left alone"))
        elif old.start == element.start:
            report.problem(f"{old} is there and bigger: refused (EINVAL)")
        elif old.overlaps(element):
            report.problem(f"it overlaps the region {old}: refused (EEXIST)")
    return [old for old in ours if old.start == element.start]


def check_memory(tree, element, report):
    """What is asked of memory that would be added. Of what it cannot address
    the kernel asks nothing else."""
    limit = physical_limit(tree)
    if limit and element.end > limit:
        report.problem(f"it ends beyond {limit:#x}, the last address of this"
                       " CPU: refused (ERANGE)")
        return
    check_other_regions(tree, element, report)
    check_owners(tree, element, report)
    report_cost(tree, element, report)


def check_other_regions(tree, element, report):
    for region in load_regions(tree) if tree.exists(BUS) else []:
        if region.lld != MEMMAP and region.starts_in(
                element.start - region.size + 1, element.end):
            report.problem(f"it overlaps {region.name}, found by"
                           f" {region.lld}: refused (EBUSY)")


def check_owners(tree, element, report):
    """Whether request_mem_region() would get the range."""
    iomem = read_iomem(tree)
    if iomem is None:
        report.problem("/proc/iomem shows no addresses: run as root to see"
                       " who owns the range")
        return
    for top in iomem:
        inside = element.start >= top.start and element.end <= top.end
        overlaps = element.start < top.end and top.start < element.end
        if top.depth == 0 and top.name != "System RAM" and \
                overlaps and not inside:
            report.problem(f"it crosses the border of {top}:"
                           " refused (EBUSY)")
    for lo, hi, chain in pieces(iomem, element.start, element.end):
        check_piece(tree, span(lo, hi), chain, report)


def check_piece(tree, where, chain, report):
    outer, inner = (chain[0], chain[-1]) if chain else (None, None)
    if not chain:
        report.warning(f"{where} is not in /proc/iomem: not refused, but is"
                       " there memory?")
    elif outer.name == "System RAM":
        report.problem(f"{where} is RAM in use by the kernel"
                       + (f" ({inner.name})" if inner is not outer else "")
                       + ": refused (EBUSY)", "reserve it with memmap=nn$ss:"
                       " see nvmctl doctor without a range")
    elif inner is outer and pmem_owner(tree, outer):
        report.warning(f"{where} is {outer.name} and belongs to"
                       f" {pmem_owner(tree, outer)}")
    elif inner is outer and outer.name == "Reserved":
        report_reserved(tree, where, inner, report)
    elif inner.name.startswith("PCI Bus"):
        report.problem(f"{where} is a window of {inner.name}, for PCI devices:"
                       " refused (EBUSY)")
    else:
        report.problem(f"{where} belongs to {inner.name}: refused (EBUSY)")


def report_reserved(tree, where, resource, report):
    ram = [r for r in read_firmware_map(tree) if r.name == "System RAM"
           and r.start < resource.end and resource.start < r.end]
    if ram:
        report.ok(f"{where} is RAM reserved from the kernel")
    else:
        report.warning(f"{where} is reserved by the firmware: not refused,"
                       " but not yours")


def doctor_range(tree, report, element):
    report.note(f"{element}: {human(element.size)} at"
                f" {span(element.start, max(element.end, 1))}")
    if not loaded(tree, MEMMAP):
        report.problem("nvm_memmap is not loaded: modprobe nvm_memmap")
    if lockdown(tree) != "none":
        check_lockdown(tree, report, report.problem)
    check_shape(tree, element, report)
    present = check_ours(tree, element, report)
    tail = element
    if present and element.size > present[0].size:
        tail = Element(element.end - present[0].end, present[0].end)
    if not present or tail is not element:
        check_memory(tree, tail, report)
    verdict = "would be refused" if report.failed else "would be accepted"
    print(f"{element} {verdict}")

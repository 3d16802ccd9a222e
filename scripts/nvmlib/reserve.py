# SPDX-License-Identifier: GPL-2.0-only
"""RAM set aside by memmap= words: finding it, and proposing a range for it."""

from dataclasses import dataclass

from nvmlib.element import ALIGN, GIB, Element, parse_bytes
from nvmlib.errors import Failure
from nvmlib.memory_map import mem_info, pieces


@dataclass(frozen=True)
class MemmapWord:
    """A memmap= range of the kernel command line; kind is its separator."""
    text: str
    kind: str = ""
    range: Element = None


def read_memmap_words(tree):
    for word in tree.read("/proc/cmdline", "").split():
        if not word.startswith("memmap="):
            continue
        for text in word.removeprefix("memmap=").split(","):
            yield parse_memmap_word(text)


def parse_memmap_word(text):
    kind = next((c for c in text if c in "@#$!%"), "")
    size, _, start = text.partition(kind or "\0")
    try:
        return MemmapWord(text, kind,
                          Element(parse_bytes(size), parse_bytes(start)))
    except Failure:
        return MemmapWord(text, "exactmap" if text == "exactmap" else
                          kind if kind == "%" else "")


def round_up(value, to):
    return -(-value // to) * to


def align_inside(start, end):
    return round_up(start, ALIGN), end // ALIGN * ALIGN


def user_reserved(iomem, firmware, words):
    """RAM in the firmware's map that the kernel was told to leave alone."""
    ram = [r for r in firmware if r.name == "System RAM"] or \
        [w.range for w in words if w.kind == "$"]
    for lo, hi, chain in pieces(iomem, 1 << 20, 1 << 64):
        if [r.name for r in chain] != ["Reserved"]:
            continue
        for usable in ram:
            start, end = align_inside(max(lo, usable.start),
                                      min(hi, usable.end))
            if start < end:
                yield Element(end - start, start)


def free_ram(iomem):
    """Parts of System RAM with nothing named in them, such as the kernel."""
    for lo, hi, chain in pieces(iomem, 0, 1 << 64):
        if [r.name for r in chain] == ["System RAM"]:
            yield lo, hi


def propose(tree, iomem, size):
    """A range of RAM to reserve: above 4 GiB, 1 GiB-aligned if possible."""
    size = min(size, mem_info(tree, "MemTotal") // 2 or size)
    size = size // ALIGN * ALIGN
    ram = list(free_ram(iomem))
    above = [(max(lo, 4 * GIB), hi) for lo, hi in ram if hi > 4 * GIB]
    below = [(max(lo, GIB // 4), min(hi, 4 * GIB)) for lo, hi in ram]
    for places in (above, below):
        room = size
        while room >= min(size, GIB // 16) > 0:
            for align in (GIB, GIB // 8, ALIGN):
                for lo, hi in places:
                    start = round_up(lo, align)
                    if start + room <= hi:
                        return Element(room, start)
            room = room // 2 // ALIGN * ALIGN
    return None

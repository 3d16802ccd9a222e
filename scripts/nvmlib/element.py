# SPDX-License-Identifier: GPL-2.0-only
"""Sizes, addresses and nn@ss[:option...], as the kernel takes them."""

import os
import re
from dataclasses import dataclass

from nvmlib.errors import Failure

ALIGN = 2 << 20
GIB = 1 << 30
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
NUMBER = r"0|[1-9][0-9]*|0[xX][0-9a-fA-F]+"
SUFFIXES = {"K": 10, "M": 20, "G": 30, "T": 40}


def parse_bytes(text):
    """A number as the kernel takes it: decimal or hex, K, M, G or T behind."""
    shift = SUFFIXES.get(text[-1:].upper(), 0)
    digits = text[:-1] if shift else text
    if not re.fullmatch(NUMBER, digits, re.ASCII):
        raise Failure(f"'{text}' is not a size or an address"
                      " (1073741824, 0x40000000, 1G)", 2)
    value = int(digits, 0) << shift
    if value >= 1 << 64:
        raise Failure(f"'{text}' does not fit 64 bits", 2)
    return value


def exact(value):
    """The shortest form that parse_bytes() takes back without loss."""
    for suffix, shift in reversed(SUFFIXES.items()):
        if value and not value & ((1 << shift) - 1):
            return f"{value >> shift}{suffix}"
    return str(value)


def human(value):
    for suffix, shift in reversed(SUFFIXES.items()):
        if value >= 1 << shift:
            return f"{value / (1 << shift):.4g} {suffix}iB"
    return f"{value} B"


def span(start, end):
    return f"[{start:#x}-{end - 1:#x}]"


@dataclass(frozen=True)
class Element:
    """One nn@ss[:option...] of map=, add= and remove=."""
    size: int
    start: int
    options: str = ""

    @classmethod
    def parse(cls, text):
        place, colon, options = text.partition(":")
        size, at, start = place.partition("@")
        if not at or any(c.isspace() for c in text):
            raise Failure(f"'{text}' is not nn@ss[:option...]"
                          " (1G@0x140000000)", 2)
        return cls(parse_bytes(size), parse_bytes(start), colon + options)

    @property
    def end(self):
        return self.start + self.size

    def resized(self, size):
        return Element(size, self.start, self.options)

    def overlaps(self, other):
        return self.start < other.end and other.start < self.end

    def __str__(self):
        return f"{exact(self.size)}@{self.start:#x}{self.options}"


def parse_list(words):
    parts = (part.strip() for word in words for part in word.split(","))
    return [Element.parse(part) for part in parts if part]

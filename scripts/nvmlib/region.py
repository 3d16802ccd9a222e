# SPDX-License-Identifier: GPL-2.0-only
"""Regions on the bus and their attributes."""

import os
from dataclasses import dataclass, field, fields
from typing import Optional

from nvmlib.element import parse_bytes
from nvmlib.errors import Failure
from nvmlib.sysfs import BUS, number

TYPES = {1: "mapped", 2: "cmd_write", 3: "windowed", 4: "tiered"}


def parse_declined(text):
    rows = (line.partition(":") for line in text.splitlines())
    return [{"uld": uld.strip(), "reason": why.strip()}
            for uld, _, why in rows if uld.strip()]


def parse_badblocks(text):
    rows = (line.split() for line in text.splitlines())
    return [{"first_sector": int(row[0]), "sectors": int(row[1])}
            for row in rows if len(row) == 2]


# How an attribute becomes a value; what is not listed stays text.
CONVERT = {
    "type": number, "size": number, "users": number,
    # only root may read it
    "start": lambda text: number(text, None),
    "numa_node": lambda text: number(text, -1),
    "read_only": lambda text: text == "1",
    "capabilities": str.split,
    "declined": parse_declined,
    "badblocks": parse_badblocks,
    "driver_override": lambda text: "" if text == "(null)" else text,
}


@dataclass
class Region:
    """A piece of non-volatile memory on the bus: its attributes."""
    name: str
    uid: str
    model: str
    type: int
    size: int
    start: Optional[int]
    numa_node: int
    lld: str
    uld: str
    disk: str
    users: int
    state: str
    read_only: bool
    read_only_reason: str
    persistence_domain: str
    capabilities: list = field(default_factory=list)
    modalias: str = ""
    declined: list = field(default_factory=list)
    driver_override: str = ""
    badblocks: list = field(default_factory=list)
    element: str = ""

    @classmethod
    def load(cls, tree, name):
        """The region as it is now; None if it is not there (any more)."""
        where = f"{BUS}/devices/{name}"
        values = {}
        for key in (f.name for f in fields(cls) if f.name != "name"):
            text = tree.read(f"{where}/{key}", "")
            values[key] = CONVERT.get(key, str.strip)(text)
        return cls(name, **values) if values["state"] else None

    @property
    def used_disk(self):
        """The disk that its users have. After an unbind there is none any
        more, but theirs: it had the region's number."""
        return self.disk or (self.name if self.users else "")

    @property
    def place(self):
        """Where it starts, for people."""
        return "-" if self.start is None else f"{self.start:#x}"

    def starts_in(self, start, end):
        """Not either if its address may not be read."""
        return self.start is not None and start <= self.start < end

    @property
    def type_name(self):
        return TYPES.get(self.type, "unknown")

    @property
    def poisoned_sectors(self):
        return sum(bad["sectors"] for bad in self.badblocks)

    @property
    def health(self):
        if self.state == "lost":
            return "lost"
        if self.read_only:
            return "read-only"
        return "poison" if self.badblocks else "ok"

    def why_unclaimed(self):
        if self.declined:
            return "; ".join(f"{d['uld']}: {d['reason']}"
                             for d in self.declined)
        if self.driver_override:
            return f"driver_override allows only {self.driver_override}"
        return f"no loaded driver takes {self.modalias or 'it'}"

    def problems(self):
        found = []
        if self.state == "lost":
            found.append("lost: the memory is not there any more")
        elif self.state == "gone":
            found.append("gone: kept only by its last user")
        elif self.state == "held":
            found.append("held: about to be removed, takes no new opens")
        elif self.state == "unclaimed":
            found.append(f"unclaimed: {self.why_unclaimed()}")
        if self.read_only:
            found.append(f"read-only: {self.read_only_reason or 'no reason'}")
        if self.badblocks:
            first = min(bad["first_sector"] for bad in self.badblocks)
            found.append(f"poison: {self.poisoned_sectors} sectors in"
                         f" {len(self.badblocks)} ranges, the first at"
                         f" sector {first}")
        return found


def load_regions(tree):
    if not tree.exists(BUS):
        raise Failure("there is no nvm bus: is nvm_core loaded?"
                      " (modprobe nvm_memmap)")
    loaded = (Region.load(tree, name) for name in tree.names(f"{BUS}/devices"))
    return [region for region in loaded if region]


def node_name(tree, path):
    """The kernel's name for what a path in /dev leads to; of a character
    device, that of its disk."""
    real = os.path.realpath(tree.path(path))
    return os.path.basename(real).replace("nvmc", "nvm")


def find_region(tree, regions, word):
    """By nvmN, /dev/nvmN or a link to it, /dev/nvmcN, uid, or address. A uid
    may look like any of the others: the kernel's names come first."""
    name, kinds = word, ("name", "uid", "disk")
    if word.startswith("/dev/"):
        name, kinds = node_name(tree, word), ("name", "disk")
    for kind in kinds:
        for region in regions:
            if name == getattr(region, kind):
                return region
    if word[:1].isdigit():
        start = parse_bytes(word)
        for region in regions:
            if region.start == start:
                return region
        if any(region.start is None for region in regions):
            raise Failure(f"{word}: only root may read where regions start")
    raise Failure(f"{word}: no such region")

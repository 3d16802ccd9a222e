# SPDX-License-Identifier: GPL-2.0-only
"""The memory map: /proc/iomem, the firmware's own, whose memory it is."""

from dataclasses import dataclass

from nvmlib.element import PAGE_SIZE, span
from nvmlib.sysfs import number


@dataclass(frozen=True)
class Resource:
    """A line of /proc/iomem, or an entry of the firmware's map; end is
    the first address behind it."""
    start: int
    end: int
    name: str
    depth: int = 0

    def __str__(self):
        return f"{self.name} {span(self.start, self.end)}"


def read_iomem(tree):
    """Outer resources before those inside them, as the kernel prints them."""
    found = []
    for line in tree.read("/proc/iomem", "").splitlines():
        place, _, name = line.lstrip().partition(" : ")  # name may be empty
        start, _, last = place.partition("-")
        depth = (len(line) - len(line.lstrip())) // 2
        found.append(Resource(int(start, 16), int(last, 16) + 1, name, depth))
    if not any(res.start for res in found):
        return None  # not root: the kernel shows zeros
    return found


def read_firmware_map(tree):
    where = "/sys/firmware/memmap"
    found = []
    for name in tree.names(where):
        start, last, kind = (tree.read(f"{where}/{name}/{key}")
                             for key in ("start", "end", "type"))
        if start and last and kind:
            found.append(Resource(number(start), number(last) + 1, kind))
    return found


def pieces(iomem, start, end):
    """(start, end, resources from outer to inner) for each uniform piece."""
    inside = [r for r in iomem if r.start < end and start < r.end]
    borders = sorted({start, end}
                     | {max(r.start, start) for r in inside}
                     | {min(r.end, end) for r in inside})
    for lo, hi in zip(borders, borders[1:]):
        yield lo, hi, [r for r in inside if r.start <= lo and hi <= r.end]


def mem_info(tree, key):
    for line in tree.read("/proc/meminfo", "").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) << 10
    return 0


def struct_pages(size):
    return size // PAGE_SIZE * 64


# Who takes such a range: its driver link, and the driver's usual name.
PMEM_OWNERS = {
    "Persistent Memory (legacy)":
        ("/sys/bus/platform/devices/e820_pmem/driver", "nd_e820"),
    "Persistent Memory":
        ("/sys/bus/acpi/devices/ACPI0012:00/driver", "nfit"),
    "Soft Reserved":
        ("/sys/bus/platform/drivers/hmem/hmem.0/driver", "dax_hmem"),
}


def pmem_owner(tree, resource):
    """Who owns a range of persistent memory, in words; None: it is not."""
    if resource.name not in PMEM_OWNERS:
        return None
    link, usual = PMEM_OWNERS[resource.name]
    driver = tree.link(link)
    return f"{driver}, bound to it" if driver else f"{usual}, if loaded"

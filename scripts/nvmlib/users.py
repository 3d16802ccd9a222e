# SPDX-License-Identifier: GPL-2.0-only
"""Who uses the disk of a region: mounts, swap, what is stacked on it."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Holder:
    """One user of a disk, of its partition, or of what is stacked on it."""
    kind: str
    device: str
    by: str

    def __str__(self):
        if self.kind == "swap":
            return f"swap on {self.device}"
        return f"{self.by} ({self.kind})"


class Holders:
    """Finds who uses a disk, as far as anyone may see."""

    def __init__(self, tree):
        self.tree = tree
        self.mounts = [m for m in map(self.parse_mount, tree.read(
            "/proc/self/mountinfo", "").splitlines()) if m]
        self.swaps = {os.path.basename(line.split()[0]) for line in tree.read(
            "/proc/swaps", "").splitlines()[1:] if line}
        self.loops = {
            loop: tree.read(f"/sys/class/block/{loop}/loop/backing_file")
            for loop in tree.names("/sys/class/block")
            if loop.startswith("loop")}

    @staticmethod
    def parse_mount(line):
        """(device number, source, mount point, type) of a mountinfo line."""
        words = line.split()
        if "-" not in words[6:]:
            return None
        kind, source = words[words.index("-", 6) + 1:][:2]
        return words[2], source, unescape(words[4]), kind

    def partitions(self, disk):
        return [name for name in self.tree.names(f"/sys/class/block/{disk}")
                if self.tree.exists(f"/sys/class/block/{name}/partition")]

    def of(self, disk):
        if not disk:
            return []
        return [holder for device in [disk, *self.partitions(disk)]
                for holder in self.of_device(device)]

    def of_device(self, device):
        dev_number = self.tree.read(f"/sys/class/block/{device}/dev")
        for mounted, source, point, kind in self.mounts:
            if mounted == dev_number or source == f"/dev/{device}":
                yield Holder("mount", device, f"{point} {kind}")
        if device in self.swaps:
            yield Holder("swap", device, "swap")
        for loop, backing in self.loops.items():
            if backing == f"/dev/{device}":
                yield Holder("loop", device, loop)
        for upper in self.tree.names(f"/sys/class/block/{device}/holders"):
            name = self.tree.read(f"/sys/class/block/{upper}/dm/name")
            yield Holder("dm" if name else "holder", device, name or upper)
            yield from self.of_device(upper)

    def processes(self, disk):
        """Who has the disk or its character device open (root sees all)."""
        if not disk:
            return
        nodes = {f"/dev/{name}" for name in [disk, *self.partitions(disk)]}
        nodes.add("/dev/" + disk.replace("nvm", "nvmc"))
        for pid in self.tree.names("/proc"):
            if pid.isdigit() and self.has_open(pid, nodes):
                comm = self.tree.read(f"/proc/{pid}/comm", "?")
                yield Holder("process", disk, f"{comm} {pid}")

    def has_open(self, pid, nodes):
        for where in ("fd", "map_files"):
            for name in self.tree.names(f"/proc/{pid}/{where}"):
                try:
                    target = os.readlink(
                        self.tree.path(f"/proc/{pid}/{where}/{name}"))
                except OSError:
                    continue
                # so is the node of a disk that was removed with users
                if target.removesuffix(" (deleted)") in nodes:
                    return True
        return False


def unescape(text):
    """mountinfo writes blanks and backslashes as \\ooo."""
    for code in ("040", "011", "012", "134"):
        text = text.replace("\\" + code, chr(int(code, 8)))
    return text


def who_uses(tree, region):
    holders = Holders(tree)
    found = holders.of(region.used_disk)
    found += holders.processes(region.used_disk)
    return ", ".join(map(str, found)) or "a user this process cannot see"

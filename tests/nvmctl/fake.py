# SPDX-License-Identifier: GPL-2.0-only
"""A machine made of files, and an nvm_memmap that answers writes to them."""

import errno
import os
import shutil
import tempfile

ERRORS = {"E2BIG": errno.E2BIG, "EBUSY": errno.EBUSY, "EEXIST": errno.EEXIST,
          "EINVAL": errno.EINVAL, "ENOENT": errno.ENOENT}
UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}

IOMEM_PLAIN = """\
00000000-00000fff : Reserved
00001000-0009fbff : System RAM
0009fc00-0009ffff : Reserved
000f0000-000fffff : System ROM
00100000-beffffff : System RAM
  2c000000-33ffffff : Crash kernel
bf000000-bfffffff : Reserved
c0000000-febfffff : PCI Bus 0000:00
  fe000000-fe003fff : 0000:00:02.0
    fe000000-fe003fff : virtio-pci-modern
fec00000-fec003ff : IOAPIC 0
fffc0000-ffffffff : Reserved
100000000-23fffffff : System RAM
  100000000-101a02fff : Kernel code
  101c00000-10262afff : Kernel rodata
  102800000-102c4b0ff : Kernel data
  103220000-103ffffff : Kernel bss
"""

# the same machine, booted with memmap=1G$0x140000000
IOMEM_RESERVED = IOMEM_PLAIN.replace(
    "100000000-23fffffff : System RAM",
    "100000000-13fffffff : System RAM") + """\
140000000-17fffffff : Reserved
180000000-23fffffff : System RAM
"""

# firmware that marks a DDR3 NVDIMM as type 12, and one that has an NFIT
IOMEM_PMEM = IOMEM_PLAIN + """\
240000000-27fffffff : Persistent Memory (legacy)
280000000-2bfffffff : Persistent Memory
  280000000-2bfffffff : namespace1.0
2c0000000-2ffffffff : Soft Reserved
"""

FIRMWARE = (
    (0x0, 0x9fbff, "System RAM"),
    (0x9fc00, 0x9ffff, "Reserved"),
    (0x100000, 0xbeffffff, "System RAM"),
    (0xbf000000, 0xbfffffff, "Reserved"),
    (0xfffc0000, 0xffffffff, "Reserved"),
    (0x100000000, 0x23fffffff, "System RAM"),
)

REGION = {
    "type": 1, "uid": "", "size": 1 << 30, "start": 0x140000000,
    "numa_node": -1, "lld": "nvm_memmap", "uld": "nvm_pmem", "disk": "",
    "users": 0, "state": "claimed", "read_only": 0, "read_only_reason": "",
    "persistence_domain": "none", "capabilities": "clear_poison dax grow",
    "modalias": "nvm:t1c0000000000000092", "declined": "",
    "driver_override": "", "badblocks": "", "element": "",
}


def number(text):
    shift = UNITS.get(text[-1], 0)
    return int(text[:-1] if shift else text, 0) << shift


class Refused(Exception):
    pass


class Machine:
    """Files as sysfs and procfs show them, below a directory of our own."""

    def __init__(self, iomem=IOMEM_RESERVED, firmware=FIRMWARE, loaded=True):
        shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = tempfile.mkdtemp(prefix="nvmctl-test-", dir=shm)
        self.writes = []
        self.scripted = {}
        self.devices = []
        self.claims = True
        self.scan = lambda: None
        self.put("/proc/iomem", iomem)
        self.put("/proc/cmdline", "root=/dev/vda1 ro memmap=1G$0x140000000\n")
        self.put("/proc/meminfo", "MemTotal:        8000000 kB\n"
                 "MemAvailable:    7000000 kB\n")
        self.put("/proc/cpuinfo",
                 "address sizes\t: 40 bits physical, 48 bits virtual\n")
        self.put("/proc/swaps", "Filename Type Size Used Priority\n")
        self.put("/proc/sys/kernel/osrelease", "6.12.0-test\n")
        self.put("/sys/kernel/security/lockdown",
                 "[none] integrity confidentiality\n")
        self.put("/usr/lib/udev/rules.d/60-persistent-nvm.rules", "")
        self.put("/lib/modules/6.12.0-test/modules.alias",
                 "alias nvm:t1c* nvm_pmem\nalias nvm:t3c* nvm_window\n")
        for index, (start, last, kind) in enumerate(firmware):
            where = f"/sys/firmware/memmap/{index}"
            self.put(f"{where}/start", f"{start:#x}\n")
            self.put(f"{where}/end", f"{last:#x}\n")
            self.put(f"{where}/type", f"{kind}\n")
        if loaded:
            self.load()

    def remove(self):
        shutil.rmtree(self.root)

    def path(self, name):
        return self.root + name

    def put(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def get(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def load(self):
        self.put("/sys/module/nvm_core/refcnt", "1\n")
        for name in ("map", "add", "remove", "last_error"):
            self.put(f"/sys/module/nvm_memmap/parameters/{name}", "\n")
        self.put("/sys/bus/nvm/events", "0\n")
        self.put("/sys/bus/nvm/flush", "")
        self.put("/sys/bus/nvm/scan", "")
        os.makedirs(self.path("/sys/bus/nvm/devices"), exist_ok=True)

    def region(self, n, **attributes):
        values = {**REGION, "disk": f"nvm{n}", **attributes}
        values["uid"] = values["uid"] or f"memmap-{values['start']:x}"
        values["start"] = f"{values['start']:#x}"
        for key, value in values.items():
            end = "\n" if str(value) else ""
            self.put(f"/sys/bus/nvm/devices/nvm{n}/{key}", f"{value}{end}")

    def hide(self, n):
        """As sysfs is for another than root, who may not read "start"."""
        os.unlink(self.path(f"/sys/bus/nvm/devices/nvm{n}/start"))

    def gone(self, n):
        shutil.rmtree(self.path(f"/sys/bus/nvm/devices/nvm{n}"))

    def disk(self, n, *partitions):
        self.put(f"/sys/class/block/nvm{n}/dev", f"259:{n * 16}\n")
        for p in partitions:
            name = f"nvm{n}p{p}"
            os.makedirs(self.path(f"/sys/class/block/nvm{n}/{name}"))
            self.put(f"/sys/class/block/{name}/dev", f"259:{n * 16 + p}\n")
            self.put(f"/sys/class/block/{name}/partition", f"{p}\n")

    # what a write to a parameter does, as far as these tests need it

    def write_once(self, path, text):
        name = path.removeprefix(self.root)
        self.writes.append((name, text))
        param = os.path.basename(name)
        if name == "/sys/bus/nvm/flush":
            return self.claim()
        if name == "/sys/bus/nvm/scan":
            return self.scan()
        try:
            self.answer(param, text)
        except Refused as refused:
            code, cause = refused.args
            self.put("/sys/module/nvm_memmap/parameters/last_error",
                     f"nvm_memmap: {cause}\n")
            raise OSError(ERRORS[code], os.strerror(ERRORS[code]),
                          path) from refused
        self.put("/sys/module/nvm_memmap/parameters/last_error", "")
        self.show()
        return None

    def answer(self, param, text):
        if self.scripted.get(param):
            error = self.scripted[param].pop(0)
            if error:
                raise OSError(error, os.strerror(error))
        if len(text) >= 4096:
            raise Refused("E2BIG", f"{len(text)} bytes do not fit a page")
        named = [self.element(word) for word in text.strip().split(",")
                 if word]
        if param == "remove":
            self.devices = self.without(named)
            return
        old = [] if param == "map" else self.devices
        starts = {start for _, start, _ in named}
        self.devices = [d for d in old if d[1] not in starts] + \
            [self.grown(element) for element in named]

    @staticmethod
    def element(word):
        place, _, options = word.partition(":")
        size, _, start = place.partition("@")
        return number(size), number(start), options

    def grown(self, element):
        for size, start, _ in self.devices:
            if start == element[1] and size > element[0]:
                raise Refused("EINVAL", f"{start:#x} cannot shrink")
        return element

    def without(self, named):
        left = list(self.devices)
        for size, start, _ in named:
            match = [d for d in left if d[:2] == (size, start)]
            if not match:
                raise Refused("ENOENT", f"no device {size}@{start:#x}")
            left.remove(match[0])
        return left

    def claim(self):
        for index, _ in enumerate(self.devices):
            if self.claims:
                where = f"/sys/bus/nvm/devices/nvm{index}"
                self.put(f"{where}/state", "claimed\n")
                self.put(f"{where}/uld", "nvm_pmem\n")

    def show(self):
        shutil.rmtree(self.path("/sys/bus/nvm/devices"))
        os.makedirs(self.path("/sys/bus/nvm/devices"))
        words = []
        for index, (size, start, options) in enumerate(self.devices):
            words.append(f"{size}@{start:#x}" + (options and ":" + options))
            self.region(index, size=size, start=start, state="unclaimed",
                        uld="", element=words[-1])
        self.put("/sys/module/nvm_memmap/parameters/map",
                 ",".join(words) + "\n")

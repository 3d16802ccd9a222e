# SPDX-License-Identifier: GPL-2.0-only
"""The verb list: what it shows of regions."""

import json
import os

import fake
from case import G, Case
from nvmlib import sysfs


class List(Case):
    keys = {"name", "uid", "model", "type", "type_name", "size", "start",
            "numa_node", "lld", "uld", "disk", "users", "state", "health", "links",
            "read_only", "read_only_reason", "persistence_domain",
            "capabilities", "modalias", "declined", "driver_override",
            "badblocks", "holders", "problems", "element"}

    def some(self):
        machine = self.machine
        machine.region(0, users=2, model="ACME-X1")
        machine.disk(0, 1)
        machine.region(1, type=3, start=0x180000000, lld="nvm_pci", uld="",
                       disk="", state="unclaimed",
                       modalias="nvm:t3c0000000000000008",
                       declined="nvm_window: windows of 1 MiB\nother: no\n")
        machine.region(2, start=0x1c0000000, read_only=1,
                       read_only_reason="energy source failed",
                       badblocks="8 16\n2048 8\n")
        machine.region(10, start=0x200000000, state="lost")

    def test_schema(self):
        self.some()
        for found in self.objects():
            self.assertEqual(set(found), self.keys)
            for key in ("type", "size", "start", "numa_node", "users"):
                self.assertIs(type(found[key]), int, key)
            self.assertIs(type(found["read_only"]), bool)
            for key in ("links", "capabilities", "declined", "badblocks", "holders",
                        "problems"):
                self.assertIs(type(found[key]), list, key)

    def test_who_uses_a_disk_that_was_unbound(self):
        """The mount is there, the disk is not: it had the region's number."""
        self.machine.region(0, uld="", disk="", state="unclaimed", users=2)
        self.machine.put("/sys/class/block/sda1/partition", "1\n")
        self.machine.put("/proc/self/mountinfo",
                         "30 1 259:0 / /mnt/data rw - ext4 /dev/nvm0 rw\n")
        for pid, comm, target in ((77, "reader", "/dev/nvm0 (deleted)"),
                                  (78, "mdadm", "/dev/sda1")):
            self.machine.put(f"/proc/{pid}/comm", comm + "\n")
            os.makedirs(self.machine.path(f"/proc/{pid}/fd"))
            os.symlink(target, self.machine.path(f"/proc/{pid}/fd/3"))
        said = self.ok("list", "-v")
        self.assertIn("/mnt/data ext4 (mount), reader 77 (process)", said)
        self.assertNotIn("mdadm", said)
        self.assertEqual(self.objects()[0]["holders"],
                         [{"kind": "mount", "device": "nvm0",
                           "by": "/mnt/data ext4"}])

    def test_values(self):
        self.some()
        first, second, third, last = self.objects()
        self.assertEqual([first["name"], last["name"]], ["nvm0", "nvm10"])
        self.assertEqual((first["size"], first["start"], first["numa_node"]),
                         (G, 0x140000000, -1))
        self.assertEqual(first["capabilities"],
                         ["clear_poison", "dax", "grow"])
        self.assertEqual(second["declined"][0],
                         {"uld": "nvm_window", "reason": "windows of 1 MiB"})
        self.assertEqual(third["badblocks"],
                         [{"first_sector": 8, "sectors": 16},
                          {"first_sector": 2048, "sectors": 8}])
        self.assertEqual([f["health"] for f in (first, third, last)],
                         ["ok", "read-only", "lost"])

    def test_links(self):
        self.some()
        for link, disk in (("by-id/nvm-red", "nvm0"),
                           ("by-id/nvm-red-part1", "nvm0p1"),
                           ("by-uuid/1234", "nvm0"), ("by-id/sda", "sda")):
            path = self.machine.path(f"/dev/disk/{link}")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(f"../../{disk}", path)
        self.machine.put("/dev/disk/by-id/no-link", "")
        names = ["/dev/disk/by-id/nvm-red", "/dev/disk/by-uuid/1234"]
        self.assertEqual([f["links"] for f in self.objects()],
                         [names, [], [], []])
        out = self.ok("list", "-v")
        for name in names:
            self.assertIn(f"link:         {name}\n", out)

    def test_links_are_read_once(self):
        self.some()
        path = self.machine.path("/dev/disk/by-id")
        os.makedirs(path)
        os.symlink("../../nvm0", f"{path}/nvm-red")
        real, read = sysfs.Tree.link, []
        sysfs.Tree.link = lambda tree, name: read.append(name) or real(
            tree, name)
        self.addCleanup(setattr, sysfs.Tree, "link", real)
        self.objects()
        self.assertEqual(len(read), 1)

    def test_poison_is_a_health(self):
        self.machine.region(0, badblocks="8 16\n")
        self.assertEqual(self.objects()[0]["health"], "poison")

    def test_table(self):
        self.some()
        out = self.ok("list")
        self.assertRegex(out, r"nvm0 +memmap-140000000 +1 mapped +1 GiB +0x140000000"
                              r" +nvm_memmap +nvm_pmem +claimed +ok +2")
        for text in ("unclaimed: nvm_window: windows of 1 MiB; other: no",
                     "read-only: energy source failed",
                     "poison: 24 sectors in 2 ranges, the first at sector 8",
                     "lost: "):
            self.assertIn(f"! {text}", out)
        self.assertNotIn("persistence", out)

    def test_verbose(self):
        self.some()
        out = self.ok("list", "-v")
        for text in ("model:        ACME-X1", "clear_poison dax grow",
                     "sector 2048, 8 sectors", "nvm:t3c0000000000000008"):
            self.assertIn(text, out)

    def test_filters(self):
        self.some()
        for words, names in ((["-t", "3"], ["nvm1"]),
                             (["-t", "windowed"], ["nvm1"]),
                             (["-l", "nvm_pci"], ["nvm1"]),
                             (["-u", "nvm_pmem", "-s", "lost"], ["nvm10"]),
                             (["-s", "lost,unclaimed"], ["nvm1", "nvm10"]),
                             (["-s", "lost", "-s", "new"], ["nvm10"]),
                             (["nvm2", "/dev/nvm0"], ["nvm0", "nvm2"]),
                             (["memmap-140000000"], ["nvm0"]),
                             (["0x1c0000000"], ["nvm2"]),
                             (["-t", "4"], [])):
            self.assertEqual([f["name"] for f in self.objects(*words)], names,
                             words)

    def test_addresses_are_for_root_only(self):
        self.some()
        for n in (0, 1, 2, 10):
            self.machine.hide(n)
        self.assertEqual([f["start"] for f in self.objects()], [None] * 4)
        self.assertRegex(self.ok("list"), r"nvm0 .* 1 GiB +- +nvm_memmap")
        for word in ("0", "0x140000000"):
            self.assertIn(f"{word}: only root may read where regions start",
                          self.fails("list", word))

    def test_by_link(self):
        self.some()
        os.makedirs(self.machine.path("/dev/disk/by-id"))
        os.symlink("../../nvm2", self.machine.path("/dev/disk/by-id/x"))
        self.assertEqual(self.objects("/dev/disk/by-id/x")[0]["name"], "nvm2")

    def test_names_of_the_kernel_come_before_uids(self):
        self.machine.region(0, uid="nvm1")
        self.machine.region(1, uid="nvm0")
        self.machine.region(2, uid="0x140000000", start=0x180000000)
        for word, name in (("nvm1", "nvm1"), ("nvm0", "nvm0"),
                           ("/dev/nvm1", "nvm1"), ("0x140000000", "nvm2")):
            self.assertEqual([f["name"] for f in self.objects(word)], [name])
        self.fails("list", "/dev/0x140000000")

    def test_missing_name_is_partial_failure(self):
        self.some()
        status, out, err = self.run_nvmctl("list", "nvm0", "nvm7", "--json")
        self.assertEqual(status, 1)
        self.assertEqual([f["name"] for f in json.loads(out)], ["nvm0"])
        self.assertIn("nvm7: no such region", err)

    def test_no_bus(self):
        machine = fake.Machine(loaded=False)
        self.addCleanup(machine.remove)
        self.machine = machine
        status, out, err = self.run_nvmctl("list", "--json")
        self.assertEqual((status, json.loads(out)), (1, []))
        self.assertIn("is nvm_core loaded?", err)

    def test_nothing(self):
        status, out, err = self.run_nvmctl("list")
        self.assertEqual((status, out), (0, ""))
        self.assertIn("no regions", err)
        self.assertEqual(self.objects(), [])

    def test_region_that_vanishes(self):
        self.some()
        os.unlink(self.machine.path("/sys/bus/nvm/devices/nvm0/state"))
        self.assertEqual(len(self.objects()), 3)

    def test_holders(self):
        self.some()
        put = self.machine.put
        put("/proc/self/mountinfo",
            "22 1 254:1 / / rw shared:1 - ext4 /dev/vda1 rw\n"
            "23 22 259:0 / /mnt/a\\040b rw - xfs /dev/nvm0 rw,dax\n"
            "24 22 0:40 / /mnt/bt rw - btrfs /dev/nvm0p1 rw\n"
            "25 22 253:0 / /mnt/dm rw - ext4 /dev/mapper/vg rw\n"
            "truncated\n")
        put("/proc/swaps", "Filename Type Size Used Priority\n"
            "/dev/nvm0p1 partition 1 0 -2\n")
        put("/sys/class/block/nvm0/holders/dm-0", "")
        put("/sys/class/block/dm-0/dev", "253:0\n")
        put("/sys/class/block/dm-0/dm/name", "vg-home\n")
        put("/sys/class/block/loop3/loop/backing_file", "/dev/nvm0\n")
        held = {(h["kind"], h["device"], h["by"])
                for h in self.objects("nvm0")[0]["holders"]}
        self.assertEqual(held, {("mount", "nvm0", "/mnt/a b xfs"),
                                ("mount", "nvm0p1", "/mnt/bt btrfs"),
                                ("swap", "nvm0p1", "swap"),
                                ("loop", "nvm0", "loop3"),
                                ("dm", "nvm0", "vg-home"),
                                ("mount", "dm-0", "/mnt/dm ext4")})
        self.assertEqual(self.objects("nvm2")[0]["holders"], [])
        self.assertIn("/mnt/a b xfs (mount)", self.ok("list", "nvm0"))

# SPDX-License-Identifier: GPL-2.0-only
"""nvmctl against machines made of files: each verb, each way to fail."""

import ast
import contextlib
import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import fake

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../scripts")
sys.dont_write_bytecode = True
sys.path.insert(0, SCRIPTS)

import nvmlib
from nvmlib import cli, memmap, sysfs, udev, wait
from nvmlib.element import PAGE_SIZE, Element, exact, human, parse_bytes
from nvmlib.errors import Failure
from nvmlib.memory_map import read_iomem
from nvmlib.reserve import propose

NVMCTL = os.path.join(SCRIPTS, "nvmctl")
G = 1 << 30
PARAM = "/sys/module/nvm_memmap/parameters/"

real_write_once = sysfs.write_once


class Case(unittest.TestCase):
    def setUp(self):
        self.machine = fake.Machine()
        self.addCleanup(self.machine.remove)
        self.settled = 0
        sysfs.write_once = self.machine.write_once
        udev.settle = self.settle
        memmap.RETRY_SECONDS = 0.4
        wait.POLL_SECONDS = 0.05

    def settle(self):
        self.settled += 1

    def run_nvmctl(self, *words):
        """(status, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = cli.main(["--sysfs", self.machine.root, *words])
            except SystemExit as end:  # argparse
                status = end.code
        self.assertNotIn("Traceback", err.getvalue())
        return status, out.getvalue(), err.getvalue()

    def ok(self, *words):
        status, out, err = self.run_nvmctl(*words)
        self.assertEqual((status, err), (0, ""), (words, out))
        return out

    def fails(self, *words, status=1):
        got, out, err = self.run_nvmctl(*words)
        self.assertEqual(got, status, (words, out, err))
        return out + err

    def objects(self, *words):
        return json.loads(self.ok("list", "--json", *words))

    def params_written(self):
        return [(name.removeprefix(PARAM), text.rstrip("\n"))
                for name, text in self.machine.writes
                if name.startswith(PARAM)]

    def have(self, *elements):
        """Regions that are there before the test begins."""
        self.machine.devices = [fake.Machine.element(e) for e in elements]
        self.machine.show()
        self.machine.claim()


class Numbers(unittest.TestCase):
    def test_parse_bytes(self):
        for text, value in (("4096", 4096), ("0x1000", 4096), ("2M", 2 << 20),
                            ("1g", G), ("1T", 1 << 40), ("0x10K", 16384)):
            self.assertEqual(parse_bytes(text), value)

    def test_parse_bytes_refuses(self):
        for text in ("", "G", "-1", "+1", "1GG", "010", "1_0", "1 0", "x",
                     "16777216T", "0x10000000000000000"):
            with self.assertRaises(Failure, msg=text):
                parse_bytes(text)

    def test_exact_is_reversible(self):
        for value in (0, 1, 1023, 1024, 3 << 20, G, 5 * G, (1 << 40) + 4096):
            self.assertEqual(parse_bytes(exact(value)), value)

    def test_element(self):
        element = Element.parse("1G@0x140000000:type=3:window=2M")
        self.assertEqual(element.options, ":type=3:window=2M")
        self.assertEqual(str(element), "1G@0x140000000:type=3:window=2M")
        self.assertEqual(str(Element.parse("1024M@5G")),
                         "1G@0x140000000")

    def test_element_refuses(self):
        for text in ("1G", "1G@", "@5G", "1G$5G", "1G@5G :type=1", "1G@5G@6G"):
            with self.assertRaises(Failure, msg=text) as caught:
                Element.parse(text)
            self.assertEqual(caught.exception.status, 2)

    def test_human(self):
        self.assertEqual(human(3 * G // 2), "1.5 GiB")
        self.assertEqual(human(2 << 20), "2 MiB")

    def test_natural_order(self):
        self.assertEqual(sorted(["nvm10", "nvm9", "nvm0"], key=sysfs.natural),
                         ["nvm0", "nvm9", "nvm10"])


class List(Case):
    keys = {"name", "uid", "model", "type", "type_name", "size", "start",
            "numa_node", "lld", "uld", "disk", "users", "state", "health",
            "read_only", "read_only_reason", "persistence_domain",
            "capabilities", "modalias", "declined", "driver_override",
            "badblocks", "holders", "problems"}

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
            for key in ("capabilities", "declined", "badblocks", "holders",
                        "problems"):
                self.assertIs(type(found[key]), list, key)

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

    def test_poison_is_a_health(self):
        self.machine.region(0, badblocks="8 16\n")
        self.assertEqual(self.objects()[0]["health"], "poison")

    def test_table(self):
        self.some()
        out = self.ok("list")
        self.assertRegex(out, r"nvm0 +1 mapped +1 GiB +0x140000000 +nvm_memmap"
                              r" +nvm_pmem +claimed +ok +2")
        for text in ("unclaimed: nvm_window: windows of 1 MiB; other: no",
                     "read-only: energy source failed",
                     "poison: 24 sectors in 2 ranges, the first at sector 8",
                     "lost: "):
            self.assertIn(f"! {text}", out)
        self.assertNotIn("persistence", out)

    def test_verbose(self):
        self.some()
        out = self.ok("list", "-v")
        for text in ("memmap-140000000 (ACME-X1)", "clear_poison dax grow",
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

    def test_by_link(self):
        self.some()
        os.makedirs(self.machine.path("/dev/disk/by-id"))
        os.symlink("../../nvm2", self.machine.path("/dev/disk/by-id/x"))
        self.assertEqual(self.objects("/dev/disk/by-id/x")[0]["name"], "nvm2")

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


class Add(Case):
    def test_one_write(self):
        out = self.ok("add", "1G@0x140000000", "512M@6G:type=3:window=2M")
        self.assertEqual(self.params_written(), [
            ("add", "1G@0x140000000,512M@0x180000000:type=3:window=2M")])
        self.assertIn("nvm0: 1 GiB at 0x140000000, claimed by nvm_pmem", out)

    def test_list_in_one_word(self):
        self.ok("add", "1G@5G,1G@6G")
        self.assertEqual(self.params_written(),
                         [("add", "1G@0x140000000,1G@0x180000000")])

    def test_waits_for_the_claim(self):
        self.ok("add", "1G@5G")
        self.assertIn(("/sys/bus/nvm/flush", "1\n"), self.machine.writes)
        self.assertGreater(self.settled, 0)

    def test_no_wait(self):
        out = self.ok("add", "--no-wait", "1G@5G")
        self.assertEqual(len(self.machine.writes), 1)
        self.assertIn("unclaimed", out)

    def test_unclaimed_is_partial_failure(self):
        self.machine.claims = False
        said = self.fails("add", "1G@5G")
        self.assertIn("nvm0: unclaimed: no loaded driver takes nvm:t1", said)

    def test_refused(self):
        self.have("1G@5G")
        said = self.fails("add", "512M@5G")
        self.assertIn("refused: Invalid argument (EINVAL)", said)
        self.assertIn("kernel: nvm_memmap: 0x140000000 cannot shrink", said)
        self.assertIn("EINVAL: malformed", said)

    def test_each_errno_has_a_meaning(self):
        for name in ("EINVAL EEXIST EBUSY ERANGE ENOMEM EOPNOTSUPP EIO EPERM"
                     " E2BIG ENODEV EACCES").split():
            self.machine.scripted["add"] = [getattr(errno, name)]
            self.assertIn(f"\n  {name}: ", self.fails("add", "1G@5G"))

    def test_busy_add_is_not_repeated(self):
        self.machine.scripted["add"] = [errno.EBUSY]
        self.fails("add", "1G@5G")
        self.assertEqual(len(self.params_written()), 1)

    def test_malformed_writes_nothing(self):
        for word in ("1G", "1Q@5G", "1G@5G,x"):
            self.fails("add", word, status=2)
        self.assertEqual(self.machine.writes, [])

    def test_not_loaded(self):
        os.unlink(self.machine.path(PARAM + "add"))
        sysfs.write_once = real_write_once
        self.assertIn("nvm_memmap is not loaded", self.fails("add", "1G@5G"))


class Page(Case):
    words = [f"2M@{0x140000000 + n * (2 << 20):#x}" for n in range(600)]

    def test_refused_before_anything_is_written(self):
        said = self.fails("add", *self.words)
        self.assertIn("nothing was written", said)
        self.assertIn("--split", said)
        self.assertEqual(self.machine.writes, [])

    def test_split(self):
        self.ok("add", "--split", *self.words)
        written = self.params_written()
        self.assertGreater(len(written), 1)
        self.assertTrue(all(len(text) + 1 < 4096 for _, text in written))
        self.assertEqual(",".join(text for _, text in written),
                         ",".join(self.words))

    def test_largest_that_fits(self):
        element = Element(2 << 20, 5 * G)
        each = len(str(element)) + 1
        fits = [element] * ((PAGE_SIZE - 1) // each)
        self.assertEqual(len(memmap.page_groups(fits)), 1)
        self.assertLess(len(",".join(map(str, fits)) + "\n"), PAGE_SIZE)
        self.assertEqual(len(memmap.page_groups(fits + [element])), 2)

    def test_border(self):
        first = Element(2 << 20, 5 * G)
        room = PAGE_SIZE - len(f"{first},2M@0x180000000:\n")
        for spare, groups in ((1, 1), (0, 2)):
            second = Element(2 << 20, 6 * G, ":" + "x" * (room - spare))
            self.assertEqual(len(memmap.page_groups([first, second])), groups)

    def test_split_that_fails_half_way(self):
        self.machine.scripted["add"] = [0, errno.ENOMEM]
        said = self.fails("add", "--split", *self.words)
        self.assertIn("1 of 3 parts were written", said)
        self.assertIn("regions): refused: Cannot allocate memory", said)
        self.assertLess(len(said), 1000)
        self.assertEqual(len(self.params_written()), 2)

    def test_map_is_never_split(self):
        self.assertIn("nothing was written",
                      self.fails("map", ",".join(self.words)))
        self.fails("map", "--split", "1G@5G", status=2)
        self.assertEqual(self.machine.writes, [])

    def test_map_that_does_not_fit_is_read_from_the_bus(self):
        self.have("1G@5G", "1G@6G")
        self.machine.region(2, start=7 * G, lld="nvm_pci")
        self.machine.region(3, start=8 * G, type=2)
        read = sysfs.Tree.read_or_raise

        def overflow(tree, name):
            if name == PARAM + "map":
                raise OSError(errno.EOVERFLOW, "does not fit")
            return read(tree, name)
        sysfs.Tree.read_or_raise = overflow
        try:
            status, out, err = self.run_nvmctl("map")
        finally:
            sysfs.Tree.read_or_raise = read
        self.assertEqual((status, out), (
            0, "1G@0x140000000,1G@0x180000000,1G@0x200000000:type=2\n"))
        self.assertIn("does not fit a page", err)


class Remove(Case):
    def setUp(self):
        super().setUp()
        self.have("1G@5G", "512M@6G:type=3")

    def test_by_element_name_node_uid_and_address(self):
        for words in (["1G@5G"], ["nvm0"], ["/dev/nvm0"], ["/dev/nvmc0"],
                      ["memmap-140000000"], ["0x140000000"], ["5G"]):
            self.have("1G@5G", "512M@6G:type=3")
            self.machine.writes.clear()
            self.assertEqual(self.ok("remove", *words), "")
            self.assertEqual(self.params_written(),
                             [("remove", "1G@0x140000000")])

    def test_several_in_one_write(self):
        self.ok("remove", "nvm0,nvm1")
        self.assertEqual(self.params_written(),
                         [("remove", "1G@0x140000000,512M@0x180000000")])
        self.assertEqual(self.ok("map"), "\n")

    def test_windows_start_behind_the_device(self):
        self.machine.region(1, start=0x180200000, type=3)
        self.ok("remove", "nvm1")
        self.assertEqual(self.params_written(),
                         [("remove", "512M@0x180000000")])

    def test_nothing_there(self):
        self.assertIn("ENOENT", self.fails("remove", "1G@7G"))
        self.assertIn("no such region", self.fails("remove", "nvm9"))

    def test_of_another_lld(self):
        self.machine.region(7, start=9 * G, lld="nvm_pci")
        self.assertIn("found by nvm_pci", self.fails("remove", "nvm7"))
        self.assertEqual(self.params_written(), [])

    def test_busy_for_a_moment(self):
        self.machine.scripted["remove"] = [errno.EBUSY, errno.EBUSY]
        self.ok("remove", "nvm0")
        self.assertEqual(len(self.params_written()), 3)
        self.assertEqual(self.settled, 2)

    def test_busy_says_who(self):
        self.machine.scripted["remove"] = [errno.EBUSY] * 100
        self.machine.region(0, users=1)
        self.machine.disk(0)
        self.machine.put("/proc/self/mountinfo",
                         "23 22 259:0 / /srv rw - xfs /dev/nvm0 rw\n")
        self.machine.put("/proc/77/comm", "fio\n")
        os.makedirs(self.machine.path("/proc/77/fd"))
        os.symlink("/dev/nvm0", self.machine.path("/proc/77/fd/3"))
        said = self.fails("remove", "nvm0")
        self.assertIn("nvm0 is used by /srv xfs (mount), fio 77 (process)",
                      said)
        self.assertIn("EBUSY", said)
        self.assertGreater(len(self.params_written()), 2)


class Expand(Case):
    def setUp(self):
        super().setUp()
        self.have("1G@5G", "512M@8G:type=3:window=2M")

    def test_forms(self):
        for words in (["nvm0", "2G"], ["5G", "2G"], ["2G@5G"],
                      ["0x140000000", "2048M"]):
            self.have("1G@5G")
            self.machine.writes.clear()
            out = self.ok("expand", *words)
            self.assertEqual(self.params_written(),
                             [("add", "2G@0x140000000")])
            self.assertIn("nvm0: 2 GiB", out)

    def test_keeps_options(self):
        self.ok("expand", "nvm1", "1G")
        self.assertEqual(self.params_written(), [
            ("add", "1G@0x200000000:type=3:window=2M")])

    def test_never_adds(self):
        self.assertIn("no region there", self.fails("expand", "1G@7G"))
        self.fails("expand", "nvm7", "2G")
        self.fails("expand", "2G@0x140200000")
        self.assertEqual(self.params_written(), [])

    def test_shrink_is_the_kernels_to_refuse(self):
        self.assertIn("cannot shrink", self.fails("expand", "nvm0", "512M"))

    def test_usage(self):
        self.fails("expand", "nvm0", status=2)
        self.fails("expand", "2G@5G", "2G", status=2)


class Map(Case):
    def test_show(self):
        self.have("1G@5G", "512M@6G:type=3:window=2M")
        self.assertEqual(self.ok("map"), "1G@0x140000000,"
                         "512M@0x180000000:type=3:window=2M\n")

    def test_what_was_shown_can_be_set(self):
        self.have("1G@5G", "512M@6G:type=3:window=2M")
        shown = self.ok("map").strip()
        self.ok("map", shown)
        self.assertEqual(self.ok("map").strip(), shown)

    def test_set_removes_the_others(self):
        self.have("1G@5G", "1G@6G")
        self.machine.scripted["map"] = [errno.EBUSY]
        self.ok("map", "2G@6G")
        self.assertEqual(self.params_written(), [("map", "2G@0x180000000")] * 2)
        self.assertEqual(self.ok("map"), "2G@0x180000000\n")

    def test_empty_removes_all(self):
        self.have("1G@5G")
        self.ok("map", "")
        self.assertIn((PARAM + "map", "\n"), self.machine.writes)
        self.assertEqual(self.ok("map"), "\n")


class Probe(Case):
    def conf(self, text):
        self.machine.put("/etc/nvm/regions.conf", text)

    def test_adds_what_is_not_there(self):
        self.have("2G@5G")
        self.conf("# ours\n1G@5G  # grown since\n\n512M@8G:type=2\n")
        self.ok("probe")
        self.assertEqual(self.params_written(),
                         [("add", "512M@0x200000000:type=2")])
        self.machine.writes.clear()
        self.ok("probe")
        self.assertEqual(self.params_written(), [])

    def test_module_still_loading(self):
        self.machine.scripted["add"] = [errno.ENODEV]
        self.conf("1G@5G\n")
        self.ok("probe", "--no-wait")
        self.assertEqual(len(self.params_written()), 2)

    def test_from_file_and_stdin(self):
        with tempfile.NamedTemporaryFile("w") as f:
            f.write("1G@5G\n")
            f.flush()
            self.ok("probe", "--from", f.name)
        sys.stdin, old = io.StringIO("1G@6G\n"), sys.stdin
        try:
            self.ok("probe", "--from", "-")
        finally:
            sys.stdin = old
        self.assertEqual(len(self.machine.devices), 2)

    def test_bad_files(self):
        self.assertIn("regions.conf: No such file", self.fails("probe"))
        self.conf("1G@5G\nnonsense\n")
        self.fails("probe", status=2)
        self.assertEqual(self.params_written(), [])


class Wait(Case):
    def later(self, change):
        def run():
            time.sleep(0.15)
            change()
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)

    def test_claimed(self):
        self.machine.region(0)
        self.ok("wait", "nvm0")
        self.machine.region(1, state="unclaimed")
        said = self.fails("wait", "-t", "0.2", "nvm0", "/dev/nvm1")
        self.assertIn("not claimed within 0.2 s", said)
        self.later(lambda: self.machine.region(1))
        self.ok("wait", "--claimed", "-t", "5", "nvm0", "nvm1")

    def test_removed(self):
        self.machine.region(0)
        self.fails("wait", "--removed", "-t", "0.1", "nvm0")
        self.later(lambda: self.machine.gone(0))
        self.ok("wait", "--removed", "-t", "5", "nvm0", "nvm7")

    def test_any_event(self):
        self.fails("wait", "--event", "-t", "0.1")
        over = threading.Event()

        def events():
            """More than one: the first may be over before wait looks."""
            count = 0
            while not over.wait(0.15):
                count += 1
                self.machine.put("/sys/bus/nvm/events", f"{count}\n")
        thread = threading.Thread(target=events)
        thread.start()
        try:
            self.ok("wait", "--event", "-t", "60")
        finally:
            over.set()
            thread.join()

    def test_event_of_a_region(self):
        self.machine.region(0)
        self.later(lambda: self.machine.region(0, users=1))
        self.fails("wait", "--event", "-t", "0.4", "nvm0")
        self.later(lambda: self.machine.region(0, size=2 * G))
        self.ok("wait", "--event", "-t", "5", "nvm0")

    def test_bus_that_comes_later(self):
        bus, away = self.machine.path("/sys/bus"), self.machine.path("/away")
        self.machine.region(0)
        os.rename(bus, away)
        self.later(lambda: os.rename(away, bus))
        self.ok("wait", "-t", "5", "nvm0")

    def test_usage(self):
        self.fails("wait", status=2)
        for value in ("-1", "nan", "x"):
            self.fails("wait", "-t", value, "nvm0", status=2)
        self.fails("wait", "--claimed", "--removed", "nvm0", status=2)


class Doctor(Case):
    def iomem(self, text):
        self.machine.put("/proc/iomem", text)

    def cmdline(self, text):
        self.machine.put("/proc/cmdline", f"ro {text}\n")

    def test_reserved_is_offered(self):
        out = self.ok("doctor")
        self.assertIn("[0x140000000-0x17fffffff] is RAM reserved by"
                      " memmap=1G$0x140000000", out)
        self.assertIn("nvmctl add 1G@0x140000000\n", out)
        self.assertNotIn("GRUB", out)
        self.assertNotIn("0xbf000000", out)

    def test_reserved_by_nobody_known(self):
        self.cmdline("quiet")
        out = self.ok("doctor")
        self.assertIn("warning:  [0x140000000-0x17fffffff]", out)
        self.assertIn("not by its command line", out)

    def test_no_firmware_map(self):
        machine = fake.Machine(firmware=())
        self.addCleanup(machine.remove)
        self.machine = machine
        self.assertIn("nvmctl add 1G@0x140000000\n", self.ok("doctor"))

    def test_reserved_and_in_use(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-17fffffff : nvm0\n180000000-23"))
        self.have("1G@5G")
        out = self.ok("doctor")
        self.assertIn("note:     Reserved [0x140000000-0x17fffffff] belongs to"
                      " nvm0\n", out)
        self.assertNotIn("nvmctl add", out)
        self.assertNotIn("memmap=", out)

    def test_partly_in_use(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-14fffffff : nvm0\n180000000-23"))
        self.have("256M@5G")
        out = self.ok("doctor")
        self.assertIn("Reserved [0x140000000-0x14fffffff] belongs to nvm0\n",
                      out)
        self.assertIn("nvmctl add 768M@0x150000000\n", out)

    def test_reserved_in_use_by_several(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-143ffffff : nvm_memmap\n"
            "  144000000-147ffffff : nvm_memmap\n"
            "    144000000-144ffffff : inner\n"
            "  148000000-14bffffff : nvm_pci\n"
            "  150000000-150ffffff : other_driver\n180000000-23"))
        self.have("128M@5G")
        # the medium is bigger than the memory that shows it
        self.machine.region(1, type=3, lld="nvm_pci", start=0x148000000)
        notes = [line.split(maxsplit=1)[1] for line
                 in self.ok("doctor").splitlines() if "belongs to" in line]
        self.assertEqual(notes, [
            "Reserved [0x140000000-0x143ffffff] belongs to nvm0",
            "Reserved [0x144000000-0x147ffffff] belongs to nvm0",
            "Reserved [0x148000000-0x14bffffff] belongs to nvm1"])

    def test_ours_outside_reserved_memory_is_not_reserved(self):
        self.iomem(fake.IOMEM_PLAIN.replace(
            "fec00000-fe", "  c0000000-c01fffff : nvm_pci\nfec00000-fe"))
        self.machine.region(0, lld="nvm_pci", size=2 << 20, start=0xc0000000)
        self.assertNotIn("belongs to nvm0", self.run_nvmctl("doctor")[1])

    def test_persistent_memory_of_ours(self):
        self.iomem(fake.IOMEM_PMEM)
        self.cmdline("quiet")
        self.machine.region(0, lld="nvm_ddr3", start=0x240000000)
        self.machine.region(1, type=3, lld="nvm_nfit", size=8 * G,
                            start=0x280000000)
        out = self.ok("doctor")
        self.assertIn("Persistent Memory (legacy) [0x240000000-0x27fffffff]"
                      " belongs to nvm0\n", out)
        self.assertIn("[0x280000000-0x2bfffffff] belongs to nvm1\n", out)
        self.assertIn("belongs to dax_hmem, if loaded", out)

    def test_pmem_of_others(self):
        self.iomem(fake.IOMEM_PMEM)
        self.cmdline("quiet")
        link = self.machine.path("/sys/bus/platform/devices/e820_pmem/driver")
        os.makedirs(os.path.dirname(link))
        os.symlink("../../../bus/platform/drivers/e820_pmem", link)
        out = self.ok("doctor")
        self.assertIn("Persistent Memory (legacy) [0x240000000-0x27fffffff]"
                      " belongs to e820_pmem, bound", out)
        self.assertIn("belongs to nfit, if loaded", out)
        self.assertIn("belongs to dax_hmem, if loaded", out)

    def test_proposal(self):
        self.iomem(fake.IOMEM_PLAIN)
        self.cmdline("quiet")
        out = self.ok("doctor")
        self.assertIn("    memmap=1G$0x140000000\n", out)
        self.assertIn("nvmctl add 1G@0x140000000\n", out)
        self.assertIn("struct pages take 16 MiB", out)
        self.assertIn("KASLR", out)
        self.assertNotIn("below 4 GiB", out)

    def propose(self, iomem, size="1G"):
        self.iomem(iomem)
        tree = sysfs.Tree(self.machine.root)
        return str(propose(tree, read_iomem(tree), parse_bytes(size)))

    def test_proposals(self):
        low = "00100000-7ffdffff : System RAM\n" \
              "  01000000-02ffffff : Kernel code\n"
        kernel = "100000000-23fffffff : System RAM\n" \
                 "  140000000-141a02fff : Kernel code\n"
        for iomem, size, expected in (
                (kernel, "1G", "1G@0x100000000"),
                (kernel, "2G", "2G@0x180000000"),
                (low, "256M", "256M@0x40000000"),
                (low, "1G", "1G@0x10000000"),
                ("100200000-110ffffff : System RAM\n", "1G",
                 "256M@0x100200000"),
                ("00100000-02ffffff : System RAM\n", "1G", "None")):
            self.assertEqual(self.propose(iomem, size), expected, iomem)

    def test_proposal_leaves_half_the_ram(self):
        self.machine.put("/proc/meminfo", "MemTotal: 1048576 kB\n")
        self.assertEqual(self.propose("100000000-13fffffff : System RAM\n"),
                         "512M@0x100000000")

    def test_below_4g_is_warned_of(self):
        self.iomem("00100000-7ffdffff : System RAM\n")
        self.cmdline("quiet")
        self.assertIn("below 4 GiB", self.ok("doctor"))

    def test_no_room(self):
        self.iomem("00100000-02ffffff : System RAM\n")
        self.assertIn("no 1 GiB of free RAM", self.fails("doctor"))

    def test_grub_line_survives_shell_and_grub(self):
        self.iomem(fake.IOMEM_PLAIN)
        self.cmdline("quiet")
        line = next(line.strip() for line in self.ok("doctor").splitlines()
                    if "GRUB_CMDLINE_LINUX" in line)
        script = f'{line}\ncat <<EOF\nlinux /vmlinuz ${{GRUB_CMDLINE_LINUX}}' \
                 '\nEOF\n'
        cfg = subprocess.run(["sh", "-c", script], capture_output=True,
                             text=True, check=True).stdout
        self.assertIn(" memmap=1G\\$0x140000000\n", cfg)
        # what GRUB's own lexer does with a backslash outside quotes
        self.assertIn("memmap=1G$0x140000000", cfg.replace("\\$", "$"))

    def test_dollar_that_grub_ate(self):
        self.cmdline("memmap=1Gx140000000")
        self.assertIn("problem:  memmap=1Gx140000000 reserves nothing",
                      self.fails("doctor"))

    def test_at_sign_means_ram(self):
        self.cmdline("memmap=1G@0x140000000 memmap=exactmap"
                     " memmap=64K%0-1+2 memmap=1G!5G")
        out = self.ok("doctor")
        self.assertIn("warning:  memmap=1G@0x140000000 declares usable RAM",
                      out)
        self.assertEqual(out.count("memmap="), 2)

    def test_kaslr_put_the_kernel_there(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "140000000-17fffffff : Reserved",
            "140000000-14fffffff : Reserved\n"
            "150000000-151ffffff : System RAM\n"
            "  150000000-151ffffff : Kernel code\n"
            "152000000-17fffffff : Reserved"))
        out = self.fails("doctor")
        self.assertIn("[0x150000000-0x151ffffff] is Kernel code, inside"
                      " memmap=1G$0x140000000", out)
        self.assertIn("nokaslr", out)
        self.iomem(fake.IOMEM_PLAIN)
        self.assertIn("did not take all of it", self.fails("doctor"))

    def test_many_memmap_words(self):
        self.cmdline("memmap=" + ",".join(f"2M${5120 + 2 * n}M"
                                          for n in range(5)))
        self.assertIn("more than 4 memmap= ranges", self.ok("doctor"))

    def test_not_root(self):
        self.iomem("00000000-00000000 : System RAM\n"
                   "  00000000-00000000 : Kernel code\n")
        self.assertIn("run as root", self.fails("doctor"))
        self.assertIn("run as root", self.fails("doctor", "1G@5G"))

    def test_nothing_loaded(self):
        self.machine = fake.Machine(loaded=False)
        self.addCleanup(self.machine.remove)
        self.assertIn("not loaded: nvm_core, nvm_memmap", self.fails("doctor"))
        self.assertIn("nvm_memmap is not loaded",
                      self.fails("doctor", "1G@5G"))

    def test_udev_rules(self):
        self.assertIn("udev has 60-persistent-nvm.rules", self.ok("doctor"))
        os.unlink(self.machine.path(
            "/usr/lib/udev/rules.d/60-persistent-nvm.rules"))
        self.assertIn("udev has no 60-persistent-nvm", self.ok("doctor"))

    def test_lockdown(self):
        self.machine.put("/sys/kernel/security/lockdown",
                         "none [integrity] confidentiality\n")
        self.assertIn("lockdown is 'integrity'", self.fails("doctor"))
        self.assertIn("EPERM", self.fails("doctor", "1G@5G"))

    def test_unclaimed(self):
        self.machine.region(0, type=3, state="unclaimed", uld="",
                            modalias="nvm:t3c0000000000000008")
        self.machine.region(1, type=4, state="unclaimed", uld="",
                            modalias="nvm:t4c0000000000000004")
        out = self.fails("doctor")
        self.assertIn("modprobe nvm_window", out)
        self.assertIn("no installed module has an alias for nvm:t4c", out)

    def test_range_accepted(self):
        out = self.ok("doctor", "1G@5G")
        self.assertIn("is RAM reserved from the kernel", out)
        self.assertTrue(out.endswith("1G@0x140000000 would be accepted\n"))

    def test_ranges_refused(self):
        self.iomem(fake.IOMEM_PLAIN.replace("23fffffff", "13fffffff")
                   + "140000000-17fffffff : Reserved\n"
                   "  150000000-15fffffff : other_driver\n"
                   + fake.IOMEM_PMEM[len(fake.IOMEM_PLAIN):])
        self.have("64M@5G")
        self.machine.region(5, start=0x300000000, lld="nvm_pci")
        for element, cause in (
                ("1G@0x100000000", "(Kernel code): refused (EBUSY)"),
                ("64M@0x30000000", "(Crash kernel): refused (EBUSY)"),
                ("16M@0x150000000", "belongs to other_driver"),
                ("512M@0x170000000", "crosses the border of Reserved"),
                ("2M@0xfe000000", "belongs to virtio-pci-modern"),
                ("2M@0xc0000000",
                 "PCI Bus 0000:00, for PCI devices: refused (EBUSY)"),
                ("32M@5G", "is there and bigger: refused (EINVAL)"),
                ("64M@0x142000000", "overlaps the region 64M@0x140000000"),
                ("1G@0x280000000", "belongs to namespace1.0"),
                ("1G@0x300000000", "overlaps nvm5, found by nvm_pci"),
                ("1M@5G", "its size 0x100000 is not a multiple of 2 MiB"),
                ("0@5G", "its size 0x0 is not a multiple"),
                ("2M@0x140001000", "its start 0x140001000 is not"),
                ("1G@0x10000000000", "refused (ERANGE)"),
                ("512G@0x340000000", "refused (ENOMEM)")):
            out = self.fails("doctor", element)
            self.assertIn(cause, out)
            self.assertIn("would be refused", out)

    def test_struct_pages_leave_a_sixteenth_of_the_ram(self):
        """As the kernel counts: of 8 GB 7 are available, 0.5 are kept."""
        self.machine.put("/proc/meminfo", "MemTotal: 8388608 kB\n"
                         "MemAvailable: 7340032 kB\n")
        # 16 MiB for each GiB: 6.5 GiB for 416 GiB
        self.assertIn("take 6.5 GiB of RAM",
                      self.ok("doctor", "416G@0x340000000"))
        out = self.fails("doctor", f"{(416 << 10) + 2}M@0x340000000")
        self.assertIn("512 MiB of it is kept free: refused (ENOMEM)", out)

    def test_beyond_the_cpu_nothing_else_counts(self):
        """The kernel asks for no owner, and for no memory, of such a range."""
        self.iomem(fake.IOMEM_RESERVED
                   + "8000000000-ffffffffff : PCI Bus 0000:00\n")
        self.have("64M@5G")
        self.machine.region(5, start=0xff00000000, lld="nvm_pci", size=4 * G)
        for element in ("4M@0x10000000000", "8M@0xffffc00000",
                        "1T@0x17fe00000", "1T@5G", "256T@0x340000000"):
            out = self.fails("doctor", element)
            self.assertEqual(re.findall(r"refused \((\w+)\)", out),
                             ["ERANGE"], (element, out))
            self.assertEqual(out.count("problem:"), 1, out)
        # the last byte that it can address
        out = self.fails("doctor", "2M@0xffffe00000")
        self.assertEqual(set(re.findall(r"refused \((\w+)\)", out)), {"EBUSY"})

    def test_ranges_doubtful(self):
        self.iomem(fake.IOMEM_PMEM)
        for element, doubt in (
                ("1G@0x240000000", "belongs to nd_e820, if loaded"),
                ("1G@0x340000000", "is not in /proc/iomem")):
            self.assertIn(doubt, self.ok("doctor", element))
        self.iomem("100000000-13fffffff : Reserved\n")
        machine_ram = self.machine.path("/sys/firmware/memmap/5/type")
        with open(machine_ram, "w", encoding="utf-8") as f:
            f.write("Reserved\n")
        self.assertIn("reserved by the firmware",
                      self.ok("doctor", "1G@4G"))

    def test_range_of_ours(self):
        self.have("512M@5G")
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-15fffffff : nvm0\n180000000-23"))
        self.assertIn("left alone", self.ok("doctor", "512M@5G"))
        self.assertIn("would be expanded", self.ok("doctor", "1G@5G"))
        self.assertIn("crosses the border", self.fails("doctor", "2G@5G"))

    def test_usage(self):
        self.fails("doctor", "nonsense", status=2)
        self.fails("doctor", "--size", "x", status=2)


class Program(unittest.TestCase):
    """The file as it is run, without anything replaced in it."""

    def setUp(self):
        self.machine = fake.Machine()
        self.addCleanup(self.machine.remove)

    def run_program(self, *words, **how):
        environment = {**os.environ, "NVMCTL_SYSFS": self.machine.root,
                       **how.pop("env", {})}
        return subprocess.run([sys.executable, "-IS", NVMCTL, *words],
                              capture_output=True, text=True, check=False,
                              env=environment, **how)

    def test_versions(self):
        for words in (["version"], ["--version"]):
            done = self.run_program(*words)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r"^nvmctl \d")

    def test_help(self):
        everything = self.run_program("help").stdout
        for verb in ("list", "add", "remove", "expand", "map", "probe", "wait",
                     "doctor", "version", "help"):
            self.assertIn(verb, everything)
            done = self.run_program("help", verb)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(f"nvmctl {verb}", done.stdout)

    def test_usage_errors(self):
        for words in ([], ["nonsense"], ["add"], ["list", "--nonsense"]):
            self.assertEqual(self.run_program(*words).returncode, 2, words)

    def test_environment(self):
        self.machine.region(3)
        done = self.run_program("list")
        self.assertIn("nvm3", done.stdout)

    def test_writes_one_line(self):
        done = self.run_program("add", "--no-wait", "1G@5G", "1G@6G")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.machine.get(PARAM + "add"),
                         "1G@0x140000000,1G@0x180000000\n")

    def test_write_that_really_fails(self):
        os.unlink(self.machine.path(PARAM + "add"))
        os.symlink("/dev/full", self.machine.path(PARAM + "add"))
        done = self.run_program("add", "1G@5G")
        self.assertEqual(done.returncode, 1)
        self.assertIn("(ENOSPC)", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_udevadm_is_called(self):
        directory = self.machine.path("/bin")
        self.machine.put("/bin/udevadm",
                         f'#!/bin/sh\necho "$@" >>{directory}/called\n')
        os.chmod(self.machine.path("/bin/udevadm"), 0o755)
        self.run_program("add", "1G@5G", env={"PATH": f"{directory}:/bin"})
        self.assertIn("settle", self.machine.get("/bin/called"))

    def test_no_udevadm(self):
        done = self.run_program("add", "1G@5G", env={"PATH": "/nonexistent"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_broken_pipe(self):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([sys.executable, NVMCTL, "version"], stdout=write,
                              stderr=subprocess.PIPE, text=True, check=False)
        os.close(write)
        self.assertEqual((done.returncode, done.stderr), (1, ""))

    def test_unreadable_bytes(self):
        self.machine.region(0)
        with open(self.machine.path("/sys/bus/nvm/devices/nvm0/model"),
                  "wb") as f:
            f.write(b"\xff\xfe\n")
        self.assertEqual(self.run_program("list", "-v").returncode, 0)


class Package(unittest.TestCase):
    """The program's modules: found wherever it lies, and in good order."""

    def setUp(self):
        self.root = os.path.realpath(self.enterContext(
            tempfile.TemporaryDirectory(prefix="nvmctl-test-")))

    def install(self, program, package):
        for source, name in (("nvmctl", program), ("nvmlib", package)):
            target = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            source = os.path.join(SCRIPTS, source)
            if os.path.isdir(source):
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)

    def run_program(self, name):
        return subprocess.run([os.path.join(self.root, name), "version"],
                              capture_output=True, text=True, check=False,
                              cwd="/")

    def runs(self, name):
        done = self.run_program(name)
        self.assertEqual((done.returncode, done.stderr), (0, ""), name)
        self.assertRegex(done.stdout, r"^nvmctl \d")

    def files(self):
        return sorted(os.path.join(where, name) for where, _, names
                      in os.walk(self.root) for name in names)

    def test_beside_it(self):
        self.install("tree/nvmctl", "tree/nvmlib")
        os.symlink("tree/nvmctl", os.path.join(self.root, "link"))
        os.symlink("link", os.path.join(self.root, "link to it"))
        for name in ("tree/nvmctl", "link", "link to it"):
            self.runs(name)

    def test_installed(self):
        self.install("usr/sbin/nvmctl", "usr/lib/nvmctl/nvmlib")
        os.symlink("usr/sbin", os.path.join(self.root, "sbin"))
        for name in ("usr/sbin/nvmctl", "sbin/nvmctl"):
            self.runs(name)

    def test_nowhere(self):
        if os.path.exists("/usr/lib/nvmctl"):
            self.skipTest("nvmctl is installed on this machine")
        self.install("a/nvmctl", "b/nvmlib")
        done = self.run_program("a/nvmctl")
        self.assertEqual(done.returncode, 1)
        self.assertIn("its package nvmlib is neither", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_writes_nothing(self):
        self.install("nvmctl", "nvmlib")
        before = self.files()
        self.runs("nvmctl")
        self.assertEqual(self.files(), before)

    def test_imports_go_one_way(self):
        order = re.findall(r"(?m)^([a-z_]+(?:, [a-z_]+)*)  ", nvmlib.__doc__)
        order = ", ".join(order).split(", ")
        directory = os.path.join(SCRIPTS, "nvmlib")
        self.assertEqual({f"{name}.py" for name in order} | {"__init__.py"},
                         {name for name in os.listdir(directory)
                          if name.endswith(".py")})
        for place, name in enumerate(order):
            with open(f"{directory}/{name}.py", encoding="utf-8") as f:
                tree = ast.parse(f.read())
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom):
                    module = node.module.removeprefix("nvmlib.")
                    names = [a.name for a in node.names]
                    self.assertNotIn("*", names, name)
                    for used in {module, *(names if module == "nvmlib"
                                           else ())} & set(order):
                        self.assertLess(order.index(used), place,
                                        f"{name} imports {used}")


class Companions(Case):
    """Completion, manual page, udev rules: that they say what nvmctl does."""
    scripts = os.path.dirname(NVMCTL)
    verbs = ("list", "add", "remove", "expand", "map", "probe", "wait",
             "doctor", "version", "help")

    def text(self, name):
        with open(os.path.join(self.scripts, name), encoding="utf-8") as f:
            return f.read()

    def options(self, *words):
        help_text = self.run_nvmctl(*words, "--help")[1]
        return set(re.findall(r"--[a-z][a-z-]+", help_text)) - {"--help"}

    def complete(self, *words):
        path = os.path.join(self.scripts, "completion/nvmctl")
        script = f'. {path}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));' \
                 ' _nvmctl; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(
            ["bash", "-c", script, "-", "nvmctl", *words], text=True,
            capture_output=True, check=True,
            env={**os.environ, "NVMCTL_SYSFS": self.machine.root})
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_completion_of_verbs_and_options(self):
        self.assertLessEqual(set(self.verbs), self.complete(""))
        self.assertEqual(self.complete("do"), {"doctor"})
        for verb in self.verbs:
            self.assertLessEqual(self.options(verb), self.complete(verb, ""),
                                 verb)

    def test_completion_of_values(self):
        self.machine.region(0)
        self.machine.region(12, lld="nvm_pci", start=8 * G)
        for verb in ("list", "remove", "expand", "wait"):
            self.assertEqual(self.complete(verb, "nv"), {"nvm0", "nvm12"})
        self.assertEqual(self.complete("list", "-l", ""),
                         {"nvm_memmap", "nvm_pci"})
        self.assertEqual(self.complete("--sysfs", "/x", "list", "-s", "un"),
                         {"unclaimed"})

    def test_manual_is_complete(self):
        manual = self.text("man/nvmctl.8")
        plain = manual.replace("\\-", "-")
        for verb in self.verbs:
            self.assertIn(f"\n.SS {verb}\n", manual)
            for option in self.options(verb):
                self.assertIn(option, plain, verb)
        self.machine.region(0)
        keys = manual[manual.index("JSON KEYS"):manual.index("EXIT STATUS")]
        for key in self.objects()[0]:
            self.assertRegex(keys, rf"(?m)^{key}\t")

    def test_manual_renders(self):
        try:
            done = subprocess.run(
                ["man", "--warnings", "-l",
                 os.path.join(self.scripts, "man/nvmctl.8")],
                capture_output=True, text=True, check=False)
        except FileNotFoundError:
            self.skipTest("no man here")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("memmap=1G\\\\\\$0x140000000", done.stdout)

    def test_rules_jump_to_labels(self):
        for name in ("60-persistent-nvm.rules", "90-nvm-probe.rules.example"):
            rules = self.text(f"udev/{name}")
            self.assertLessEqual(set(re.findall(r'GOTO="(\w+)"', rules)),
                                 set(re.findall(r'LABEL="(\w+)"', rules)))
            for line in rules.replace("\\\n", "").splitlines():
                if line and not line.startswith("#"):
                    self.assertRegex(
                        line, r'^([A-Z]+(\{\S+?\})?(==|!=|=|\+=)"[^"]*"'
                              r'(, *|$))+$')

    def test_probe_script(self):
        self.machine.put("/sys/firmware/memmap/9/start", "0x240000000\n")
        self.machine.put("/sys/firmware/memmap/9/end", "0x27fffffff\n")
        self.machine.put("/sys/firmware/memmap/9/type",
                         "Persistent Memory (legacy)\n")
        done = subprocess.run(
            [os.path.join(self.scripts, "udev/nvm-probe-e820")], check=False,
            capture_output=True, text=True, env={
                **os.environ, "SYSFS": self.machine.path("/sys"),
                "NVMCTL": NVMCTL, "NVMCTL_SYSFS": self.machine.root})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.machine.get(PARAM + "add"), "1G@0x240000000\n")


class Tap(unittest.TextTestResult):
    """One TAP line a test, with what went wrong below it."""

    def __init__(self, *args):
        super().__init__(*args)
        self.passed = 0

    def line(self, word, test, detail="", skip=""):
        name = ".".join(test.id().split(".")[-2:])
        print(f"{word} {self.testsRun} - {name}{skip}")
        for text in detail.splitlines():
            print(f"# {text}")

    def addSuccess(self, test):
        self.passed += 1
        self.line("ok", test)

    def addSkip(self, test, reason):
        self.line("ok", test, skip=f" # SKIP {reason}")

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test, self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test, self.failures[-1][1])


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(
        sys.modules[__name__])
    print(f"1..{suite.countTestCases()}")
    result = Tap(unittest.runner._WritelnDecorator(io.StringIO()), False, 0)
    suite.run(result)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.passed} passed, {failed} failed")
    return int(failed > 0 or not result.passed)


if __name__ == "__main__":
    sys.exit(main())

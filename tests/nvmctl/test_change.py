# SPDX-License-Identifier: GPL-2.0-only
"""The verbs that change regions, and lists that do not fit a page."""

import errno
import io
import os
import sys
import tempfile

from case import G, PARAM, Case, real_write_once
from nvmlib import memmap, sysfs
from nvmlib.element import PAGE_SIZE, Element


class Add(Case):
    def test_one_write(self):
        out = self.ok("add", "1G@0x140000000", "512M@6G:type=3:window=2M")
        self.assertEqual(self.params_written(), [
            ("add", "1G@0x140000000,512M@0x180000000:type=3:window=2M")])
        self.assertIn("nvm0: 1 GiB at 0x140000000, claimed by nvm_pmem", out)

    def test_list_in_one_word(self):
        self.ok("add", " 1G@5G, 1G@6G ")
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

    def test_nodev_means_two_things(self):
        self.machine.scripted["add"] = [errno.ENODEV]
        said = self.fails("add", "1G@5G")
        self.assertIn("lost its power", said)
        self.assertIn("being loaded or unloaded", said)

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

    def map_overflows(self):
        read = sysfs.Tree.read_or_raise

        def overflow(tree, name):
            if name == PARAM + "map":
                raise OSError(errno.EOVERFLOW, "does not fit")
            return read(tree, name)
        sysfs.Tree.read_or_raise = overflow
        self.addCleanup(setattr, sysfs.Tree, "read_or_raise", read)

    def test_map_that_does_not_fit_is_read_from_the_regions(self):
        self.have("1G@5G", "64M@6G:type=2:write_ns=1")
        self.machine.region(2, start=7 * G, lld="nvm_pci")
        # a device of type 2 keeps some of its range for itself
        self.machine.region(1, start=6 * G, size=60 << 20, type=2,
                            element="64M@0x180000000:type=2:write_ns=1")
        self.map_overflows()
        self.assertEqual(self.ok("map"), "1G@0x140000000,"
                         "64M@0x180000000:type=2:write_ns=1\n")

    def test_what_does_not_fit_can_be_named(self):
        self.have("1G@5G", "64M@6G:type=2:write_ns=1")
        self.map_overflows()
        self.ok("expand", "nvm1", "128M")
        self.ok("remove", "nvm0")
        self.assertEqual(self.params_written(), [
            ("add", "128M@0x180000000:type=2:write_ns=1"),
            ("remove", "1G@0x140000000")])


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

    def test_an_address_that_cannot_be_read_is_not_0(self):
        self.have("1G@0", "1G@5G")
        self.machine.hide(1)
        self.assertIn("nvm1: only root may read where it starts",
                      self.fails("remove", "nvm1"))
        self.assertIn("only root may read", self.fails("remove", "5G"))
        self.assertEqual(self.params_written(), [])

    def test_busy_for_a_moment(self):
        self.machine.scripted["remove"] = [errno.EBUSY, errno.EBUSY]
        memmap.RETRY_SECONDS = 60
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

    def test_no_wait_does_not_wait_for_udev_to_let_go_either(self):
        self.have("1G@5G")
        self.machine.scripted["map"] = [errno.EBUSY]
        self.ok("map", "--no-wait", "1G@6G")
        self.assertEqual((len(self.params_written()), self.settled), (2, 0))

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
        self.assertEqual((len(self.params_written()), self.settled), (2, 0))

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

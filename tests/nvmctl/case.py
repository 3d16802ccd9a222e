# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of nvmctl share: a machine made of files, nvmctl on it."""

import contextlib
import io
import json
import os
import sys
import unittest

import fake

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../scripts")
sys.dont_write_bytecode = True
sys.path.insert(0, SCRIPTS)

# from here on nvmlib is found, by whoever imports this first
from nvmlib import cli, memmap, sysfs, udev, wait

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

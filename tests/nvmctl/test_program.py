# SPDX-License-Identifier: GPL-2.0-only
"""The program as it is run, and where it finds its package."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import fake
from case import NVMCTL, PARAM, SCRIPTS
import nvmlib


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

    def test_version_of_a_source_tree(self):
        with open(os.path.join(SCRIPTS, "../include/nvm/version.h"),
                  encoding="ascii") as f:
            self.assertIn(f'"{self.run_program("version").stdout.split()[1]}"',
                          f.read())

    def test_help(self):
        everything = self.run_program("help").stdout
        for verb in ("list", "add", "remove", "expand", "map", "probe", "scan", "monitor", "wait",
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
        # as "make install" does
        shutil.copy(os.path.join(SCRIPTS, "../include/nvm/version.h"),
                    os.path.join(self.root, package))

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

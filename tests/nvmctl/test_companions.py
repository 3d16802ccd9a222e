# SPDX-License-Identifier: GPL-2.0-only
"""Completion, manual page and udev rules beside the program."""

import os
import re
import subprocess

from case import G, NVMCTL, PARAM, Case


class Companions(Case):
    """Completion, manual page, udev rules: that they say what nvmctl does."""
    scripts = os.path.dirname(NVMCTL)
    verbs = ("list", "add", "remove", "expand", "map", "probe", "scan", "monitor", "wait",
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

    def render(self, page):
        try:
            done = subprocess.run(
                ["man", "--warnings", "-l",
                 os.path.join(self.scripts, "man", page)],
                capture_output=True, text=True, check=False)
        except FileNotFoundError:
            self.skipTest("no man here")
        self.assertEqual((done.returncode, done.stderr), (0, ""), page)
        return done.stdout

    def test_manuals_render(self):
        self.assertIn("memmap=1G\\\\\\$0x140000000", self.render("nvmctl.8"))
        self.render("nvm_memmap.4")

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

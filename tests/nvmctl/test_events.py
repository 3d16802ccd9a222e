# SPDX-License-Identifier: GPL-2.0-only
"""The verbs scan and monitor."""

import errno
import json
import os
import re
import socket
import time
import unittest

from case import G, Case
from nvmlib import cli, monitor


class Scan(Case):
    def test_says_what_came_and_went(self):
        def scan():
            self.machine.gone(0)
            self.machine.region(4, uid="came", start=8 * G)
        self.machine.region(0, uid="went")
        self.machine.region(1, uid="stays", start=6 * G)
        self.machine.scan = scan
        self.assertEqual(self.ok("scan").splitlines(), [
            "nvm4: came, 1 GiB at 0x200000000, claimed by nvm_pmem",
            "went: gone"])
        self.assertIn(("/sys/bus/nvm/scan", "1\n"), self.machine.writes)

    def test_waits_for_claims(self):
        self.ok("scan")
        self.assertTrue(self.settled)
        self.assertEqual(self.machine.writes[1:],
                         [("/sys/bus/nvm/flush", "1\n")] * 2)

    def test_no_wait(self):
        self.ok("scan", "--no-wait")
        self.assertEqual((self.settled, len(self.machine.writes)), (0, 1))

    def test_one_that_fails_hides_nothing(self):
        def scan():
            self.machine.region(4, uid="came", start=8 * G)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self.machine.scan = scan
        said = self.fails("scan")
        self.assertIn("(EIO)", said)
        self.assertIn("nvm4: came", said)

    def test_another_than_root(self):
        def scan():
            raise PermissionError(errno.EACCES, "x")
        self.machine.scan = scan
        said = self.fails("scan")
        self.assertIn("scan: Permission denied (EACCES): only root may do"
                      " this", said)
        self.assertNotIn("kernel log", said)
        self.assertEqual(self.settled, 0)

    def test_no_bus(self):
        self.machine.remove()
        os.mkdir(self.machine.root)
        self.assertIn("no nvm bus", self.fails("scan"))


def uevent(**properties):
    head = f"{properties['ACTION']}@{properties['DEVPATH']}"
    words = [head] + [f"{key}={value}" for key, value in properties.items()]
    return "\0".join(words).encode() + b"\0"


REGION = {"ACTION": "change", "DEVPATH": "/devices/platform/nvm_memmap/nvm3",
          "SUBSYSTEM": "nvm", "NVM_EVENT": "claimed", "NVM_TYPE": "1",
          "NVM_UID": "red", "NVM_LLD": "nvm_memmap", "SEQNUM": "77",
          "DRIVER": "nvm_pmem"}
DISK = {"ACTION": "change", "SUBSYSTEM": "block", "SEQNUM": "78",
        "DEVPATH": "/devices/platform/nvm_memmap/nvm3/block/nvm3"}


class Messages:
    """Stands in for the netlink socket."""

    def __init__(self, *messages):
        self.messages = list(messages)

    def __call__(self):
        return self

    def receive(self, seconds):
        if not self.messages:
            time.sleep(seconds or 0)
            return None
        message = self.messages.pop(0)
        if isinstance(message, OSError):
            raise message
        return monitor.parse(message)


class Monitor(Case):
    def monitor(self, *messages, words=()):
        source = Messages(*messages)
        real, cli.cmd_monitor = cli.cmd_monitor, lambda tree, args: real(
            tree, args, source)
        try:
            return self.run_nvmctl("monitor", "-t", "0.5", *words)
        finally:
            cli.cmd_monitor = real

    def test_line(self):
        status, out, err = self.monitor(uevent(**REGION))
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^\d\d:\d\d:\d\d\.\d{3} nvm3 claimed uid=red"
                              r" lld=nvm_memmap driver=nvm_pmem\n$")

    def test_json(self):
        _, out, _ = self.monitor(uevent(**REGION),
                                 uevent(**DISK, RESIZE="1"), words=["-j"])
        region, disk = map(json.loads, out.splitlines())
        self.assertIsInstance(region.pop("time"), float)
        self.assertEqual(region, {
            "sequence": 77, "subsystem": "nvm", "name": "nvm3",
            "action": "change", "event": "claimed", "uid": "red", "type": 1,
            "lld": "nvm_memmap", "driver": "nvm_pmem"})
        self.assertEqual(set(disk), {*region, "time"})
        self.assertEqual((disk["event"], disk["uid"]), ("resize", ""))

    def test_events_of_the_driver_core_have_their_action(self):
        plain = {**REGION, "ACTION": "remove"}
        del plain["NVM_EVENT"]
        self.assertIn(" nvm3 remove uid=red", self.monitor(uevent(**plain))[1])

    def test_others_are_none_of_ours(self):
        others = [{**DISK, "DEVPATH": f"/devices/x/block/{name}"}
                  for name in ("nvme0n1", "sda", "nvmx", "xnvm0")]
        others += [{**REGION, "SUBSYSTEM": "nvmem"}]
        self.assertEqual(self.monitor(*(uevent(**o) for o in others))[1], "")

    def test_partition(self):
        self.assertIn(" nvm3p1 disk change", self.monitor(uevent(
            **{**DISK, "DEVPATH": DISK["DEVPATH"] + "/nvm3p1"}))[1])

    def test_names_and_uids(self):
        other = {**REGION, "DEVPATH": "/devices/x/nvm4", "NVM_UID": "blue"}
        both = [uevent(**REGION), uevent(**other)]
        for word, want in (("nvm4", "nvm4"), ("red", "nvm3")):
            names = re.findall(r"nvm\d", self.monitor(*both, words=[word])[1])
            self.assertEqual(names, [want])

    def test_nodes_and_partitions(self):
        part = {**DISK, "DEVPATH": DISK["DEVPATH"] + "/nvm3p1"}
        other = {**REGION, "DEVPATH": "/devices/x/nvm31", "NVM_UID": ""}
        messages = [uevent(**e) for e in (REGION, DISK, part, other)]
        os.makedirs(self.machine.path("/dev/disk/by-id"))
        os.symlink("../../nvm3", self.machine.path("/dev/disk/by-id/nvm-red"))
        everything = ["nvm3", "nvm3", "nvm3p1"]
        for word, want in (("nvm3", everything), ("/dev/nvm3", everything),
                           ("/dev/nvmc3", everything),
                           ("/dev/disk/by-id/nvm-red", everything),
                           ("/dev/nvm3p1", ["nvm3p1"]), ("nvm", [])):
            out = self.monitor(*messages, words=[word])[1]
            self.assertEqual([line.split()[1] for line in out.splitlines()],
                             want, word)

    def test_count(self):
        out = self.monitor(*[uevent(**REGION)] * 3, words=["-n", "2"])[1]
        self.assertEqual(len(out.splitlines()), 2)

    def test_overrun_is_told_and_survived(self):
        _, out, err = self.monitor(OSError(errno.ENOBUFS, "x"),
                                   uevent(**REGION))
        self.assertIn("some are lost", err)
        self.assertIn("nvm3 claimed", out)

    def test_messages_that_are_none(self):
        status, out, err = self.monitor(b"", b"\xff\0=\0ACTION", b"=\0=")
        self.assertEqual((status, out, err), (0, "", ""))


class Netlink(unittest.TestCase):
    def test_what_another_process_sends_is_not_believed(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)

        class Sent:
            """A netlink socket that says who sent what comes."""
            sender = 0
            settimeout = ours.settimeout

            def recvfrom(self, size):
                return ours.recv(size), (self.sender, 1)

        source = monitor.Uevents.__new__(monitor.Uevents)
        source.socket = Sent()
        theirs.send(uevent(**REGION))
        self.assertEqual(source.receive(1)["NVM_UID"], "red")
        Sent.sender = 4711
        theirs.send(uevent(**REGION))
        self.assertEqual(source.receive(1), {})
        self.assertIsNone(source.receive(0.01))

# SPDX-License-Identifier: GPL-2.0-only
"""The verb wait."""

import contextlib
import os
import threading
import time

from case import G, Case


class Wait(Case):
    def later(self, change):
        def run():
            time.sleep(0.15)
            change()
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)

    @contextlib.contextmanager
    def events(self, change):
        """More than one: the first may be over before wait looks."""
        over = threading.Event()

        def run():
            count = 1
            while not over.wait(0.15):
                count += 1
                change(count)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

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
        with self.events(lambda count: self.machine.put("/sys/bus/nvm/events",
                                                        f"{count}\n")):
            self.ok("wait", "--event", "-t", "60")

    def test_event_of_a_region(self):
        self.machine.region(0)
        self.later(lambda: self.machine.put("/sys/bus/nvm/devices/nvm0/users",
                                            "1\n"))
        self.fails("wait", "--event", "-t", "0.4", "nvm0")
        with self.events(lambda count: self.machine.region(0, size=count * G)):
            self.ok("wait", "--event", "-t", "60", "nvm0")

    def test_bus_that_comes_later(self):
        bus, away = self.machine.path("/sys/bus"), self.machine.path("/away")
        self.machine.region(0)
        os.rename(bus, away)
        self.later(lambda: os.rename(away, bus))
        self.ok("wait", "-t", "5", "nvm0")

    def test_names_only(self):
        self.machine.region(0, uid="memmap-1")
        for word in ("memmap-1", "/dev/disk/by-id/nvm-memmap-1", "nvmx",
                     "/dev/null"):
            for goal in ("--removed", "--claimed", "--event"):
                self.assertIn(f"{word}: name regions as nvmN",
                              self.fails("wait", goal, word, status=2))

    def test_usage(self):
        self.fails("wait", status=2)
        for value in ("-1", "nan", "x"):
            self.fails("wait", "-t", value, "nvm0", status=2)
        self.fails("wait", "--claimed", "--removed", "nvm0", status=2)

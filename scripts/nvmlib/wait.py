# SPDX-License-Identifier: GPL-2.0-only
"""The verb wait: until regions are claimed, gone, or anything happens."""

import re
import time

from nvmlib.errors import Failure
from nvmlib.region import Region, node_name
from nvmlib.sysfs import BUS, number

POLL_SECONDS = 1.0


class Events:
    """/sys/bus/nvm/events, opened again when the module was."""

    def __init__(self, tree):
        self.path = tree.path(f"{BUS}/events")
        self.file = None

    def count(self):
        """Reading also arms poll(2); None while there is no bus."""
        try:
            if not self.file:
                self.file = open(self.path, "rb", buffering=0)
            self.file.seek(0)
            return number(self.file.read().decode(errors="replace"), None)
        except OSError:
            if self.file:
                self.file.close()
            self.file = None
            return None

    def wait(self, seconds):
        import select as poller
        if not self.file:
            time.sleep(seconds)
            return
        poll = poller.poll()
        poll.register(self.file, poller.POLLPRI | poller.POLLERR)
        poll.poll(seconds * 1000)


def without_users(region):
    """For comparison: opening and closing the disk is no event."""
    if region:
        region.users = 0
    return region


def kernel_name(tree, word):
    """Only by name can be waited for what is not there, or not any more: a
    uid or a link of it would be one that nobody has."""
    name = node_name(tree, word) if word.startswith("/dev/") else word
    if not re.fullmatch(r"nvm\d+", name):
        raise Failure(f"wait: {word}: name regions as nvmN", 2)
    return name


def waited_for(tree, args):
    """What must hold for the wait to end: a function of the event count."""
    def state(name):
        return tree.read(f"{BUS}/devices/{name}/state")
    names = [kernel_name(tree, word) for word in args.names]
    if args.goal == "claimed":
        return lambda _: all(state(name) == "claimed" for name in names)
    if args.goal == "removed":
        return lambda _: all(state(name) is None for name in names)
    if names:
        before = [without_users(Region.load(tree, n)) for n in names]
        return lambda _: before != [without_users(Region.load(tree, n))
                                    for n in names]
    first = Events(tree).count()
    return lambda count: count is not None and count != first


def cmd_wait(tree, args):
    if not args.names and args.goal != "event":
        raise Failure("wait: name the regions", 2)
    events, done = Events(tree), waited_for(tree, args)
    deadline = time.monotonic() + args.timeout
    while not done(events.count()):
        left = deadline - time.monotonic()
        if left <= 0:
            raise Failure(f"wait: not {args.goal} within {args.timeout:g} s")
        events.wait(min(left, POLL_SECONDS))
    return 0

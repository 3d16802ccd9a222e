# SPDX-License-Identifier: GPL-2.0-only
"""The verb monitor: what happens to regions and their disks, as it does."""

import errno
import os
import re
import socket
import time

from nvmlib.errors import warn
from nvmlib.region import node_name
from nvmlib.sysfs import number

# <linux/netlink.h>; group 1 is what the kernel says, before udev has read it
NETLINK_KOBJECT_UEVENT = 15
KERNEL_GROUP = 1
BUFFER = 1 << 20
LONGEST = 1 << 16

OUR_DISK = re.compile(r"(nvm\d+)(p\d+)?$")


class Uevents:
    """The kernel's uevents, one a call."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                    NETLINK_KOBJECT_UEVENT)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.bind((0, KERNEL_GROUP))

    def receive(self, seconds):
        """Properties of the next one, None if none came in time."""
        self.socket.settimeout(seconds)
        try:
            data, (sender, _) = self.socket.recvfrom(LONGEST)
        except socket.timeout:
            return None
        # anyone may send to the socket; the kernel's number is 0
        return parse(data) if sender == 0 else {}


def parse(data):
    """The properties of a message: KEY=value, each ended by a NUL."""
    words = data.decode(errors="replace").split("\0")
    return dict(word.split("=", 1) for word in words if "=" in word)


def event_of(properties):
    """What we tell of a uevent; None if it is not about us."""
    name = os.path.basename(properties.get("DEVPATH", ""))
    subsystem = properties.get("SUBSYSTEM")
    if subsystem != "nvm" and not (subsystem == "block"
                                   and OUR_DISK.match(name)):
        return None
    action = properties.get("ACTION", "")
    resized = "resize" if properties.get("RESIZE") == "1" else ""
    return {"time": round(time.time(), 3),
            "sequence": number(properties.get("SEQNUM")),
            "subsystem": subsystem, "name": name, "action": action,
            "event": properties.get("NVM_EVENT") or resized or action,
            "uid": properties.get("NVM_UID", ""),
            "type": number(properties.get("NVM_TYPE")),
            "lld": properties.get("NVM_LLD", ""),
            "driver": properties.get("DRIVER", "")}


def is_of(event, words):
    """Whether it happened to one that was named; a disk is its partitions,
    too."""
    disk = OUR_DISK.match(event["name"])
    return not {event["name"], event["uid"], disk and disk[1]}.isdisjoint(words)


def as_line(event):
    when = time.strftime("%H:%M:%S", time.localtime(event["time"]))
    words = [f"{when}.{round(event['time'] % 1 * 1000) % 1000:03}",
             event["name"],
             ("disk " if event["subsystem"] == "block" else "")
             + event["event"]]
    words += [f"{key}={event[key]}" for key in ("uid", "lld", "driver")
              if event[key]]
    return " ".join(words)


def show(event, as_json):
    if as_json:
        import json
        print(json.dumps(event), flush=True)
    else:
        print(as_line(event), flush=True)


def next_uevent(source, deadline):
    """The next one before the deadline; {} if some were lost or it is late."""
    left = None if deadline is None else max(0.001,
                                             deadline - time.monotonic())
    try:
        return source.receive(left) or {}
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise
        warn("monitor: events came faster than they could be shown, some"
             " are lost")
        return {}


def cmd_monitor(tree, args, open_source=Uevents):
    source = open_source()
    words = [node_name(tree, word) if word.startswith("/dev/") else word
             for word in args.names]
    deadline = None
    if args.timeout is not None:
        deadline = time.monotonic() + args.timeout
    shown = 0
    while shown != args.count:
        if deadline is not None and time.monotonic() >= deadline:
            break
        event = event_of(next_uevent(source, deadline))
        if event and (not words or is_of(event, words)):
            show(event, args.json)
            shown += 1
    return 0

# SPDX-License-Identifier: GPL-2.0-only
"""The files of sysfs and procfs, below a root that tests may choose."""

import errno
import os

BUS = "/sys/bus/nvm"
PARAMS = "/sys/module/nvm_memmap/parameters"


def write_once(path, text):
    """Write with one write(2): the rest of a cut value would be a new value."""
    fd = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
    try:
        if os.write(fd, text.encode()) != len(text.encode()):
            raise OSError(errno.E2BIG, os.strerror(errno.E2BIG), path)
    finally:
        os.close(fd)


class Tree:
    """The files the kernel shows, below a root that tests may choose."""

    def __init__(self, root="/"):
        self.root = root.rstrip("/")

    def path(self, name):
        return self.root + name

    def exists(self, name):
        return os.path.exists(self.path(name))

    def read_or_raise(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read().strip("\n")

    def read(self, name, default=None):
        try:
            return self.read_or_raise(name)
        except OSError:
            return default

    def names(self, directory):
        try:
            return sorted(os.listdir(self.path(directory)), key=natural)
        except OSError:
            return []

    def link(self, name):
        """Last component of a link's target; empty if there is none."""
        try:
            return os.path.basename(os.readlink(self.path(name)))
        except OSError:
            return ""

    def write(self, name, text):
        write_once(self.path(name), text + "\n")


def natural(name):
    """nvm10 comes after nvm9."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem):] or 0)


def number(text, default=0):
    try:
        return int(text, 0)
    except (TypeError, ValueError):
        return default

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Somebody at a VM's console.

usage: console.py SOCKET SECONDS WAIT TYPE [WAIT TYPE]...

Waits until the console has said WAIT since what was typed last, then types the
line TYPE, and so on. Reads on until the VM is gone, or everything was typed
and SECONDS have passed since. Exit code 1 if a WAIT was not said in SECONDS.
"""

import socket
import sys
import time


def connect(path, end):
    while True:
        try:
            console = socket.socket(socket.AF_UNIX)
            console.connect(path)
            return console
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def said(console, text, end):
    """Read until text was said; with None until the VM is gone."""
    console.settimeout(1)
    heard = b""
    while time.monotonic() < end:
        try:
            data = console.recv(65536)
        except socket.timeout:
            continue
        except OSError:
            data = b""
        if not data:
            return False
        heard += data
        if text is not None and text in heard:
            return True
    return False


def main(argv):
    seconds = float(argv[2])
    console = connect(argv[1], time.monotonic() + seconds)
    for wait, line in zip(argv[3::2], argv[4::2]):
        if not said(console, wait.encode(), time.monotonic() + seconds):
            print("the console did not say: %s" % wait)
            return 1
        console.sendall(line.encode() + b"\r")
    said(console, None, time.monotonic() + seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

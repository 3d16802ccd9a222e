#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The host's end of a VM's control channel.

usage: ctl.py DIR wait SECONDS            until the guest's agent answers
       ctl.py DIR run SECONDS COMMAND     run it in the guest, print its output
       ctl.py DIR test SECONDS FILE LOG [more]
                                          run a test, append its output to LOG; with
                                          "more" leaks may show after the next one
       ctl.py DIR qmp COMMAND [JSON]      one QMP command, print the answer
       ctl.py FILE scan [REGEX...]        print the first bad line of a kernel log

DIR holds the sockets (ctl, qmp) and the process id (pid) of the VM.
Exit codes: of the command in the guest; 124 it took too long; 125 the guest
does not answer any more; 126 the VM is gone.
test: 0 passed, 1 failed, 77 skipped, 125 and 126 as above; add 32 to the
first three if the guest must not be used any more. It prints one line: the
seconds and the reason.
"""

import json
import os
import random
import re
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest"))
sys.dont_write_bytecode = True

from badlog import BAD_LOG  # pylint: disable=wrong-import-position

NO_ANSWER = 125
GONE = 126
UNUSABLE = 32
# beyond what the guest takes itself to end a command that hangs
PATIENCE = 60


class Guest:
    def __init__(self, path):
        self.path = path
        self.socket = None
        self.buffer = b""

    def alive(self):
        try:
            with open(self.path + "/pid", encoding="ascii") as file:
                pid = file.read().strip()
            with open("/proc/%s/stat" % pid, encoding="ascii") as file:
                return file.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def connect(self, name, end):
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.settimeout(0.5)
                self.socket.connect(self.path + "/" + name)
                return
            except OSError:
                if not self.alive():
                    sys.exit(GONE)
                if time.monotonic() > end:
                    sys.exit(NO_ANSWER)
                time.sleep(0.05)

    def send(self, message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, end):
        while b"\n" not in self.buffer:
            if time.monotonic() > end:
                sys.exit(NO_ANSWER)
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                if not self.alive():
                    sys.exit(GONE)
                continue
            except OSError:
                data = b""
            if not data:
                sys.exit(GONE)
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        try:
            return json.loads(line)
        except ValueError:      # the rest of a line cut by a disconnect
            return {}

    def request(self, message, seconds, output):
        """Send it, pass what it prints to output, return the final answer."""
        end = time.monotonic() + seconds
        ident = random.getrandbits(48)
        self.connect("ctl", end)
        self.send(dict(message, id=ident))
        while True:
            answer = self.receive(end)
            if answer.get("id") != ident:
                continue
            if "rc" in answer:
                return answer
            output.write(answer.get("out", ""))
            output.flush()


def scale(seconds):
    return float(seconds) * float(os.environ.get("NVM_TIMEOUT_SCALE") or 1)


def wait(guest, seconds):
    guest.request({"op": "run", "cmd": "true"}, scale(seconds), sys.stdout)
    return 0


def run(guest, seconds, command):
    limit = scale(seconds)
    return guest.request({"op": "run", "cmd": command, "timeout": limit},
                         limit + PATIENCE, sys.stdout)["rc"]


def test(guest, seconds, file, log, more=""):
    limit = scale(seconds)
    with open(log, "a", encoding="utf-8") as out:
        answer = guest.request({"op": "test", "file": file, "timeout": limit, "last": not more},
                               limit + PATIENCE, out)
        out.write("\n--- kernel log\n" + "\n".join(answer["log"]) + "\n--- result\n")
        out.write("".join(reason + "\n" for reason in answer["reasons"]) or "ok\n")
    code = 1 if answer["reasons"] else answer["rc"]
    print(answer["seconds"], "; ".join(answer["reasons"]) or answer["skip"])
    return code if answer["healthy"] else code + UNUSABLE


def qmp(guest, command, arguments="{}"):
    end = time.monotonic() + scale(30)
    guest.connect("qmp", end)
    guest.receive(end)
    for message in ({"execute": "qmp_capabilities"},
                    {"execute": command, "arguments": json.loads(arguments)}):
        guest.send(message)
        answer = guest.receive(end)
        while "event" in answer:
            answer = guest.receive(end)
        if "error" in answer:
            print(json.dumps(answer["error"]), file=sys.stderr)
            return 1
    print(json.dumps(answer.get("return")))
    return 0


def scan(guest, *allowed):
    with open(guest.path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if BAD_LOG.search(line) and not any(re.search(a, line) for a in allowed):
                print(line.strip())
                return 1
    return 0


def main():
    guest = Guest(sys.argv[1])
    verb = {"wait": wait, "run": run, "test": test, "qmp": qmp,
            "scan": scan}[sys.argv[2]]
    sys.exit(verb(guest, *sys.argv[3:]))


if __name__ == "__main__":
    main()

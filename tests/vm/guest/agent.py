# SPDX-License-Identifier: GPL-2.0-only
"""The guest's end of the control channel: runs commands and tests.

One JSON object a line. From the host:
  {"id": 1, "op": "run", "cmd": "...", "timeout": 60}
  {"id": 2, "op": "test", "file": "t/010-x.sh", "timeout": 60, "last": true}
To the host, for either: any number of {"id", "out"}, then {"id", "rc", ...}.
"""

import ctypes
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leaks  # pylint: disable=wrong-import-position
from badlog import BAD_LOG, FATAL_LOG  # pylint: disable=wrong-import-position

PORT = "/dev/virtio-ports/nvm.ctl"
CGROUP = "/sys/fs/cgroup/nvm-test"
STATE = "/run/nvm-test"
TIMED_OUT = 124
SKIP = 77
# a slow kernel takes longer
SCALE = int(os.environ.get("NVM_SCALE") or 1)
KILL_GRACE = 20 * SCALE
LIBC = ctypes.CDLL(None, use_errno=True)

# syslog(2): dmesg shows only what comes from now on; our own reader has it all
SYSLOG_ACTION_CLEAR = 5

# modules from outside the tree, without a signature; tests inside the kernel
TAINT_ALLOWED = (1 << 12) | (1 << 13) | (1 << 18)
# a warning, which counts by its line in the log
TAINT_WARN = 1 << 9


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class KernelLog:
    """All kernel messages since the agent's start, by our own reader."""

    def __init__(self):
        self.file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)

    def drain(self):
        lines = []
        while True:
            try:
                record = os.read(self.file, 8192).decode(errors="replace")
            except BlockingIOError:
                return lines
            except BrokenPipeError:
                lines.append("nvm-test: kernel messages were lost")
                continue
            head, _, text = record.partition(";")
            stamp = int(head.split(",")[2]) / 1e6
            lines.append("[%12.6f] %s" % (stamp, text.split("\n")[0]))


class Channel:
    def __init__(self):
        self.fd = os.open(PORT, os.O_RDWR)
        self.buffer = b""

    def send(self, **message):
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self.fd, data):]

    def receive(self):
        while b"\n" not in self.buffer:
            data = os.read(self.fd, 65536)
            if not data:            # the host's end is closed
                time.sleep(0.02)
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)


def cgroup_procs():
    return read_text(CGROUP + "/cgroup.procs").split()


def cgroup_kill():
    """Kill all that a test started; say whether all of it went."""
    end = time.monotonic() + KILL_GRACE
    while time.monotonic() < end:
        if "populated 0" in read_text(CGROUP + "/cgroup.events"):
            return True
        with open(CGROUP + "/cgroup.kill", "w", encoding="ascii") as file:
            file.write("1")
        time.sleep(0.02)
    return False


def enter_cgroup():
    os.setsid()
    with open(CGROUP + "/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")


def execute(channel, ident, argv, timeout, **kwargs):
    """Run argv, stream its output; return its exit code or TIMED_OUT."""
    os.makedirs(CGROUP, exist_ok=True)
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, preexec_fn=enter_cgroup,
                          **kwargs) as proc:
        out = proc.stdout.fileno()
        end = time.monotonic() + timeout
        grace = None
        while True:
            now = time.monotonic()
            if now > end:
                channel.send(id=ident, out=stacks())
                cgroup_kill()
                return TIMED_OUT
            ready, _, _ = select.select([out], [], [], min(0.05 if grace else 0.2, end - now + 0.01))
            if ready:
                data = os.read(out, 65536)
                if not data:
                    break
                channel.send(id=ident, out=data.decode(errors="replace"))
            # a background process may hold the pipe: do not wait for it
            elif proc.poll() is not None:
                if grace:
                    break
                grace = True
        try:
            return proc.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            cgroup_kill()
            return TIMED_OUT


def stacks():
    """Where the processes of a test that ran out of time were waiting."""
    text = "time is over; its processes:\n"
    for pid in cgroup_procs():
        argv = read_text("/proc/%s/cmdline" % pid).replace("\0", " ")
        for task in listdir("/proc/%s/task" % pid):
            task = "/proc/%s/task/%s" % (pid, task)
            state = re.search(r"State:\s*(\S)", read_text(task + "/status"))
            text += "%s %s %s\n" % (task, state.group(1) if state else "?", argv)
            if state and state.group(1) != "R":
                text += read_text(task + "/stack")
    return text


def our_modules():
    names = read_text("/payload/modules.list").split()
    return [name for name in names if os.path.isdir("/sys/module/%s/holders" % name)
            and os.path.exists("/sys/module/%s/refcnt" % name)]


def listdir(path):
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []


def snapshot():
    return {
        "mount": [line.split()[1] for line in read_text("/proc/mounts").splitlines()],
        "disk": listdir("/sys/block"),
        "region": listdir("/sys/bus/nvm/devices"),
        "module": our_modules(),
    }


def leftovers(before):
    after = snapshot()
    return ["%s %s left behind" % (kind, name)
            for kind, names in after.items() for name in names
            if name not in before[kind]]


def sh(command):
    return subprocess.run(["timeout", "-k", "5", str(20 * SCALE), "bash", "-c", command], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout.decode(errors="replace")


def settle():
    subprocess.run(["udevadm", "settle", "--timeout=%d" % (10 * SCALE)], check=False,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def scratch_up(path):
    """An empty directory for the next test: without a process, which is dear here."""
    os.makedirs(path)
    if LIBC.mount(b"tmpfs", path.encode(), b"tmpfs", 0, b"size=1500M"):
        raise OSError(ctypes.get_errno(), "mount", path)


def scratch_down(path):
    if LIBC.umount2(path.encode(), 0):
        sh("umount -l '%s'" % path)


def clean_up(before):
    """Remove what a test left; True if the guest is as it was."""
    for point in reversed(snapshot()["mount"]):
        if point not in before["mount"]:
            sh("umount -f '%s' || umount -l '%s'" % (point, point))
    sh("dmsetup remove_all -f; losetup -D")
    for _ in range(4):
        for module in our_modules():
            if module not in before["module"]:
                sh("rmmod " + module)
    settle()
    return not leftovers(before)


def bad_lines(lines):
    allowed = [re.compile(a) for a in read_text(STATE + "/allow").splitlines() if a]
    return [line for line in lines
            if BAD_LOG.search(line) and not any(a.search(line) for a in allowed)]


def run_test(channel, log, request):
    shutil.rmtree(STATE, ignore_errors=True)
    scratch_up(STATE + "/scratch")
    name = os.path.basename(request["file"])
    with open("/dev/kmsg", "w", encoding="utf-8") as file:
        file.write("nvm-test: begin %s\n" % name)
    log.drain()
    LIBC.klogctl(SYSLOG_ACTION_CLEAR, None, 0)
    before = snapshot()
    taint = int(read_text("/proc/sys/kernel/tainted"))
    start = time.monotonic()

    path = "/payload/" + request["file"]
    code = execute(channel, request["id"], ["bash", "/payload/guest/run-test", path],
                   request.get("timeout", 60), cwd=STATE + "/scratch")
    seconds = time.monotonic() - start
    reasons, healthy = [], True
    if code == TIMED_OUT:
        reasons.append("timed out after %d s" % request.get("timeout", 60))
    elif code not in (0, SKIP) or os.path.exists(STATE + "/failed"):
        reasons.append(read_text(STATE + "/why").strip() or "exit code %d" % code)
    if not cgroup_kill():
        reasons.append("processes that cannot be killed left behind")
        healthy = False
    scratch_down(STATE + "/scratch")
    before["mount"].remove(STATE + "/scratch")
    settle()
    left = leftovers(before) if healthy else []
    reasons += left[:4]
    if len(left) > 4:
        reasons.append("%d more left behind" % (len(left) - 4))
    if left and not clean_up(before):
        healthy = False
    lines = log.drain()
    bad = bad_lines(lines)
    # after the log was read: what kmemleak suspects at first may be no leak
    lost = leaks.new_leaks(request.get("last", True)) if healthy else []
    reasons += ["%d objects leaked, here or in the test before" % len(lost)] if lost else []
    lines += [line for text in lost for line in text.splitlines()]
    if bad:
        reasons.append("kernel log: " + bad[0].partition("] ")[2])
        healthy = healthy and not any(FATAL_LOG.search(line) for line in bad)
    now = int(read_text("/proc/sys/kernel/tainted"))
    allowed = TAINT_ALLOWED
    if any("WARNING:" in line for line in lines):
        allowed |= TAINT_WARN
    if now & ~taint & ~allowed and not bad:
        reasons.append("kernel tainted: %d, was %d" % (now, taint))
    if leaks.lockdep_is_off():
        reasons += [] if reasons else ["lockdep is off"]
        healthy = False
    if code == SKIP and not reasons:
        skip = read_text(STATE + "/why").strip()
        if not skip:
            reasons, code = ["skipped without a reason"], 1
    else:
        skip = ""
    channel.send(id=request["id"], rc=code, reasons=reasons, skip=skip, seconds=round(seconds, 1),
                 healthy=healthy, log=lines)


def main():
    for _ in range(200):
        if os.path.exists(PORT):
            break
        time.sleep(0.05)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    channel, log = Channel(), KernelLog()
    leaks.forget()
    while True:
        request = channel.receive()
        if request["op"] == "test":
            run_test(channel, log, request)
            continue
        code = execute(channel, request["id"], 
                       ["bash", "-c", '. /payload/lib.sh; eval "$1"', "bash", request["cmd"]],
                       request.get("timeout", 60), cwd="/root")
        channel.send(id=request["id"], rc=code)


main()

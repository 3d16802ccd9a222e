# SPDX-License-Identifier: GPL-2.0-only
"""What kmemleak and lockdep of a debug kernel know after a test."""

import os
import time

KMEMLEAK = "/sys/kernel/debug/kmemleak"
LOCKDEP = "/proc/lockdep_stats"
# kmemleak speaks of no object younger than this
MIN_AGE = 5.5


def _kmemleak(word):
    with open(KMEMLEAK, "w", encoding="ascii") as file:
        file.write(word)


def _suspects():
    with open(KMEMLEAK, encoding="utf-8", errors="replace") as file:
        return file.read()


def have_kmemleak():
    return os.path.exists(KMEMLEAK)


def forget():
    """What leaked so far is no later test's."""
    if have_kmemleak():
        _kmemleak("scan")
        _kmemleak("scan")
        _kmemleak("clear")


def new_leaks(last):
    """The text of each object leaked since the last call.

    An object is a suspect if a second scan finds it as the first did, and
    nobody pointing to it. A scan takes seconds: the second is the one after the
    next test, but for the last. So a leak may be the test's before.
    """
    if not have_kmemleak():
        return []
    _kmemleak("scan")
    if last:
        time.sleep(MIN_AGE)
        _kmemleak("scan")
    if _suspects():
        # a pointer that was in a register or on its way is there now
        time.sleep(1)
        _kmemleak("scan")
    leaks = ["unreferenced object" + text
             for text in _suspects().split("unreferenced object")[1:]]
    _kmemleak("clear")
    return leaks


def lockdep_is_off():
    """After its first report lockdep says no more."""
    try:
        with open(LOCKDEP, encoding="ascii") as file:
            return any(line.split()[:2] == ["debug_locks:", "0"] for line in file)
    except OSError:
        return False

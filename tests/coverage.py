#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which lines of the modules the tests ran.

usage: coverage.py BUILD OUT DATA...

BUILD is the modules' build directory (.gcno), each DATA a directory with the
counters (.gcda) of one guest. Prints a table by file; OUT gets the lines that
nothing ran.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile


def counters(data):
    """The .gcda below a directory, as paths relative to it."""
    for where, _, names in os.walk(data):
        for name in names:
            if name.endswith(".gcda"):
                yield os.path.relpath(os.path.join(where, name), data)


def lines_of(build, notes, counted):
    """(source, line, count) of one object, as gcov reads it; counted may be None."""
    with tempfile.TemporaryDirectory() as tmp:
        if counted:
            shutil.copy(counted, tmp + "/x.gcda")
        shutil.copy(notes, tmp + "/x.gcno")
        text = subprocess.run(["gcov", "-j", "-t", "x.gcno"], cwd=tmp, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for file in json.loads(text)["files"]:
        source = os.path.normpath(os.path.join(os.path.dirname(notes), file["file"]))
        if source.startswith(build + "/"):
            for line in file["lines"]:
                yield source[len(build) + 1:], line["line_number"], line["count"]


def objects(build):
    """What gcov knows of each object that was built, whoever loads it."""
    for where, _, names in os.walk(build):
        for name in names:
            if name.endswith(".gcno"):
                yield os.path.join(where, name)


def collect(build, directories):
    """{source: {line: count}} summed over all guests."""
    hits = collections.defaultdict(collections.Counter)

    def add(notes, counted):
        for source, line, count in lines_of(build, notes, counted):
            hits[source][line] += count

    left = set(objects(build))
    for data in directories:
        for path in counters(data):
            # the guest names it by its path on the host, as the build did
            notes = "/" + path[:-len(".gcda")] + ".gcno"
            if notes.startswith(build + "/"):
                add(notes, os.path.join(data, path))
                left.discard(notes)
    for notes in left:
        add(notes, None)
    return hits


def is_ours(build, source):
    """The product: not what only tests load, nor the kernel's headers."""
    return (source.split("/")[0] in ("core", "lld", "uld", "include")
            and os.path.exists(os.path.join(build, source)))


def main():
    build, out = os.path.realpath(sys.argv[1]), sys.argv[2]
    hits = {source: lines for source, lines in collect(build, sys.argv[3:]).items()
            if is_ours(build, source)}
    if not hits:
        sys.exit("coverage: no counters")
    total = ran = 0
    with open(out, "w", encoding="utf-8") as missing:
        for source in sorted(hits):
            lines = hits[source]
            done = sum(1 for count in lines.values() if count)
            print("%-28s %5d of %5d  %5.1f%%" % (source, done, len(lines), 100 * done / len(lines)))
            total, ran = total + len(lines), ran + done
            with open(os.path.join(build, source), encoding="utf-8") as file:
                text = file.read().split("\n")
            for line in sorted(line for line, count in lines.items() if not count):
                missing.write("%s:%d:%s\n" % (source, line, text[line - 1]))
    print("%-28s %5d of %5d  %5.1f%%" % ("all", ran, total, 100 * ran / total))


main()

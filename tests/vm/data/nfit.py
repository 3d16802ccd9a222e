#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make an NVDIMM table, a true one or not, of words; print its bytes.

    spa:INDEX:KIND:START:SIZE[:PROXIMITY[:COOKIE]]     KIND: pmem, volatile, odd
    map:HANDLE:SPA:DIMM:FLAGS[:OFFSET:WAYS[:SIZE]]
    dimm:INDEX:SERIAL
    hint:HANDLE:ADDRESS
    caps:BITS
    raw:HEX

With --body the four bytes come first that the static table has there. With
--box ADDRESS [--how N] [--event N] the table is not printed but put into the box
of nfit-lab.asl. --seen ADDRESS prints how often it was read, --peek ADDRESS the
eight bytes there, --poke ADDRESS:VALUE puts them there, --write ADDRESS:HEX any.

With --serve each line of the standard input is such words, until it ends; after
what they print comes a line "= " and the exit code.
"""

import mmap
import os
import struct
import sys
import traceback
import uuid

KINDS = {
    "pmem": "66f0d379-b4f3-4074-ac43-0d3318b78cdb",
    "volatile": "7305944f-fdda-44e3-b16c-3f22d252e5d0",
    "odd": "12345678-1234-1234-1234-123456789abc",
}


def structure(kind, body):
    return struct.pack("<HH", kind, 4 + len(body)) + body


def spa(index, kind, start, size, proximity=None, cookie=None):
    flags = (0 if proximity is None else 2) | (0 if cookie is None else 4)
    return structure(0, struct.pack("<HHII", int(index, 0), flags, 0, int(proximity or "0", 0)) +
                     uuid.UUID(KINDS[kind]).bytes_le +
                     struct.pack("<QQQQ", int(start, 0), int(size, 0), 0x8008, int(cookie or "0", 0)))


def mapping(handle, index, dimm, flags, offset="0", ways="1", size="0"):
    return structure(1, struct.pack("<IHHHHQQQHHHH", int(handle, 0), 0, 0, int(index, 0), int(dimm, 0),
                                    int(size, 0), int(offset, 0), 0, 0, int(ways, 0), int(flags, 0), 0))


def dimm(index, serial):
    return structure(4, struct.pack("<H2s2sHHHHBBHHIHH", int(index, 0), b"\x80\x86", b"\x00\x01", 0, 0, 0, 0,
                                    0, 0, 0, 0, int.from_bytes(int(serial, 0).to_bytes(4, "big"), "little"),
                                    0x0301, 0))


def hint(handle, address):
    return structure(6, struct.pack("<IH6xQ", int(handle, 0), 1, int(address, 0)))


def caps(bits):
    return structure(7, struct.pack("<BxxxII", 2, int(bits, 0), 0))


MAKERS = {"spa": spa, "map": mapping, "dimm": dimm, "hint": hint, "caps": caps, "raw": bytes.fromhex}


def table(words):
    data = b""
    for word in words:
        name, _, rest = word.partition(":")
        data += MAKERS[name](*rest.split(":"))
    return data


def memory(address, size):
    fd = os.open("/dev/mem", os.O_RDWR)
    try:
        return mmap.mmap(fd, size, offset=address)
    finally:
        os.close(fd)


def serve():
    for line in sys.stdin:
        code = 0
        try:
            main(line.split())
        except Exception:  # pylint: disable=broad-except # as if it ended with it
            traceback.print_exc()
            code = 1
        print("=", code, flush=True)


def main(argv):
    if argv == ["--serve"]:
        serve()
        return
    options = {"--how": "0", "--event": "0"}
    while argv and argv[0].startswith("--"):
        name = argv.pop(0)
        options[name] = "" if name == "--body" else argv.pop(0)
    data = table(argv)
    if "--seen" in options:
        print(struct.unpack_from("<I", memory(int(options["--seen"], 0), 4096), 12)[0])
    elif "--peek" in options:
        page, offset = divmod(int(options["--peek"], 0), 4096)
        print(struct.unpack_from("<Q", memory(page * 4096, 4096), offset)[0])
    elif "--poke" in options:
        address, value = options["--poke"].split(":")
        page, offset = divmod(int(address, 0), 4096)
        struct.pack_into("<Q", memory(page * 4096, 4096), offset, int(value, 0))
    elif "--write" in options:
        address, value = options["--write"].split(":")
        page, offset = divmod(int(address, 0), 4096)
        data = bytes.fromhex(value)
        memory(page * 4096, 8192)[offset:offset + len(data)] = data
    elif "--box" in options:
        box = memory(int(options["--box"], 0), 8192)
        box[4096:4096 + len(data)] = data
        struct.pack_into("<III", box, 0, len(data), int(options["--how"], 0), int(options["--event"], 0))
    else:
        sys.stdout.buffer.write((b"\0\0\0\0" if "--body" in options else b"") + data)


main(sys.argv[1:])

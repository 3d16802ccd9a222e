# SPDX-License-Identifier: GPL-2.0-only
"""Numbers, addresses and elements as the user writes them."""

import unittest

from case import G
from nvmlib import sysfs
from nvmlib.element import Element, exact, human, parse_bytes
from nvmlib.errors import Failure


class Numbers(unittest.TestCase):
    def test_parse_bytes(self):
        for text, value in (("4096", 4096), ("0x1000", 4096), ("2M", 2 << 20),
                            ("1g", G), ("1T", 1 << 40), ("0x10K", 16384)):
            self.assertEqual(parse_bytes(text), value)

    def test_parse_bytes_refuses(self):
        for text in ("", "G", "-1", "+1", "1GG", "010", "1_0", "1 0", "x", "0b11", "0o7",
                     "16777216T", "0x10000000000000000"):
            with self.assertRaises(Failure, msg=text):
                parse_bytes(text)

    def test_exact_is_reversible(self):
        for value in (0, 1, 1023, 1024, 3 << 20, G, 5 * G, (1 << 40) + 4096):
            self.assertEqual(parse_bytes(exact(value)), value)

    def test_element(self):
        element = Element.parse("1G@0x140000000:type=3:window=2M")
        self.assertEqual(element.options, ":type=3:window=2M")
        self.assertEqual(str(element), "1G@0x140000000:type=3:window=2M")
        self.assertEqual(str(Element.parse("1024M@5G")),
                         "1G@0x140000000")

    def test_element_refuses(self):
        for text in ("1G", "1G@", "@5G", "1G$5G", "1G@5G :type=1", "1G@5G@6G"):
            with self.assertRaises(Failure, msg=text) as caught:
                Element.parse(text)
            self.assertEqual(caught.exception.status, 2)

    def test_human(self):
        self.assertEqual(human(3 * G // 2), "1.5 GiB")
        self.assertEqual(human(2 << 20), "2 MiB")

    def test_natural_order(self):
        self.assertEqual(sorted(["nvm10", "nvm9", "nvm0"], key=sysfs.natural),
                         ["nvm0", "nvm9", "nvm10"])

# SPDX-License-Identifier: GPL-2.0-only
"""The version: the modules' too, from the header that has it."""

import os
import re

HERE = os.path.dirname(os.path.realpath(__file__))


def version():
    """Installed, the header lies beside this; in a source tree, where it is."""
    for place in (HERE, os.path.join(HERE, "../../include/nvm")):
        try:
            with open(f"{place}/version.h", encoding="ascii") as f:
                return re.search(r'NVM_VERSION\s+"(.+)"', f.read())[1]
        except OSError:
            continue
    return "unknown"

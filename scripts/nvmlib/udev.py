# SPDX-License-Identifier: GPL-2.0-only
"""udev, as far as nvmctl waits for it."""


def settle():
    import subprocess
    try:
        subprocess.run(["udevadm", "settle", "--timeout=10"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        pass

# SPDX-License-Identifier: GPL-2.0-only
# A machine whose firmware marks memory as persistent the old way, e820 type
# 12. The range is RAM, apart from the one that is reserved for emulation.
# shellcheck shell=bash disable=SC2034

CMDLINE='memmap=128M!0x130000000'

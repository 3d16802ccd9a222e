# SPDX-License-Identifier: GPL-2.0-only
# A machine whose firmware marks memory as persistent the old way, e820 type
# 12. The range is RAM, apart from the one that is reserved for emulation.
# The SMBus is polled: an interrupt that is late by 200 ms would be an error.
# shellcheck shell=bash disable=SC2034

CMDLINE='memmap=128M!0x130000000 i2c_i801.disable_features=0x10'

# SPDX-License-Identifier: GPL-2.0-only
# More reserved memory, for a thousand regions, and a range that the firmware
# would have marked as persistent, which nd_e820 takes. What is done here last
# may be beyond repair: lockdown.
# shellcheck shell=bash disable=SC2034

MEM=8G
NVM_SS=0x200000000
NVM_SIZE=2G
CMDLINE='memmap=64M!0x1f0000000'

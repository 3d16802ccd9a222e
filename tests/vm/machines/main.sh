# SPDX-License-Identifier: GPL-2.0-only
# The machine most tests run in. Others begin as this one and change it:
#   MEM CPUS        size of the guest
#   NVM_SS NVM_SIZE the range kept free for emulation (start, size)
#   CMDLINE         more words for the kernel's command line
#   MACHINE         more properties of the q35 machine ("nvdimm=on")
#   QEMU_ARGS       more arguments for QEMU (an array)
# shellcheck shell=bash disable=SC2034

MEM=4G
CPUS=2
# q35 has half of MEM at 4 GiB: we take its end, apart from other ranges
NVM_SS=0x140000000
NVM_SIZE=1G
CMDLINE=
MACHINE=
QEMU_ARGS=()

# SPDX-License-Identifier: GPL-2.0-only
# The machine most tests run in. Others begin as this one and change it:
#   MEM CPUS        size of the guest
#   NVM_SS NVM_SIZE the range kept free for emulation (start, size)
#   CMDLINE         more words for the kernel's command line
#   MACHINE         more properties of the q35 machine ("nvdimm=on")
#   QEMU_ARGS       more arguments for QEMU (an array)
#   CPU             more properties of the emulated CPU (",phys-bits=48")
#   IMAGE           vmlinux, or vmlinuz: boots slower, has KASLR
# shellcheck shell=bash disable=SC2034

MEM=4G
CPUS=2
# q35 has half of MEM at 4 GiB: we take its end, apart from other ranges
NVM_SS=0x140000000
NVM_SIZE=1G
# The kernel switches a static key with the first and the last range that has
# struct pages of a device's, and QEMU 7.2 now and then lets one processor run
# what another one patches: a stray int3. A range that nd_pmem keeps for good
# leaves the key alone.
CMDLINE='memmap=16M!0x110000000'
MACHINE=
QEMU_ARGS=()
CPU=
IMAGE=vmlinux

# SPDX-License-Identifier: GPL-2.0-only
# Memory behind PCI: an ivshmem of 64 MiB in the root port rp1, one too small
# for a region in rp3, nothing in rp2; an NVMe controller with a persistent
# memory region and one without; a card with 16 MiB that nobody knows.
# shellcheck shell=bash disable=SC2034,SC2054

QEMU_ARGS=(
	-device pcie-root-port,id=rp1,chassis=1,slot=1,pref64-reserve=64M
	-device pcie-root-port,id=rp2,chassis=2,slot=2,pref64-reserve=64M
	-device pcie-root-port,id=rp3,chassis=3,slot=3
	-object memory-backend-ram,id=shm1,size=64M,share=on
	-device ivshmem-plain,id=iv1,bus=rp1,memdev=shm1
	-object memory-backend-ram,id=shm3,size=1M,share=on
	-device ivshmem-plain,id=iv3,bus=rp3,memdev=shm3
	-object memory-backend-ram,id=pmr,size=32M,share=on
	-device nvme,id=nvme1,serial=pmr,pmrdev=pmr
	-device nvme,id=nvme2,serial=none
	-device bochs-display,vgamem=16M
)

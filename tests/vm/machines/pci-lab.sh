# SPDX-License-Identifier: GPL-2.0-only
# A card whose BAR 0 is RAM, in which a test writes the registers of an NVMe
# controller, and whose BAR 4 is 32 MiB of RAM: a graphics card without driver.
# Its registers can be reached while a driver has them. In rp1 a device with a
# serial number. A persistent memory region that is one.
# shellcheck shell=bash disable=SC2034,SC2054

CMDLINE+=' modprobe.blacklist=qxl,cxl_pci iomem=relaxed'
QEMU_ARGS=(
	-device qxl,id=lab,ram_size_mb=8,vram_size_mb=8,vram64_size_mb=32
	-device pcie-root-port,id=rp1,chassis=1,slot=1
	-object memory-backend-ram,id=cxl,size=256M
	-object memory-backend-ram,id=lsa,size=1M
	-device cxl-type3,id=cxl0,bus=rp1,memdev=cxl,lsa=lsa,sn=0x1122334455667788
	-object memory-backend-ram,id=pmr,size=32M,share=on
	-device nvme,id=nvme1,serial=pmr,pmrdev=pmr
)

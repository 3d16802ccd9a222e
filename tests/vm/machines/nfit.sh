# SPDX-License-Identifier: GPL-2.0-only
# NVDIMMs as the firmware of QEMU describes them: the first has a label
# area, the second is on node 1, the third is not armed. Who
# wants our driver says no to the kernel's, as here; a test may load it. Two
# sockets: the kernel warns of CPUs of one socket on two nodes.
# shellcheck shell=bash disable=SC2034,SC2054

MACHINE=nvdimm=on,nvdimm-persistence=mem-ctrl
MEM=4G,slots=6,maxmem=8G
CPUS=2,sockets=2
CMDLINE+=' modprobe.blacklist=nfit'
QEMU_ARGS=(-object memory-backend-ram,id=numa0,size=3G -object memory-backend-ram,id=numa1,size=1G
	-numa "node,nodeid=0,cpus=0,memdev=numa0" -numa "node,nodeid=1,cpus=1,memdev=numa1"
	-object memory-backend-ram,id=d0,size=256M -device nvdimm,memdev=d0,label-size=128K,node=0
	-object memory-backend-ram,id=d1,size=128M -device nvdimm,memdev=d1,node=1
	-object memory-backend-ram,id=d2,size=64M -device nvdimm,memdev=d2,node=0,unarmed=on)

# SPDX-License-Identifier: GPL-2.0-only
# Two NUMA nodes: the range reserved for emulation, 1 GiB at NVM_SS, is all of
# node 1, which has a CPU of its own.
# shellcheck shell=bash disable=SC2034,SC2054

QEMU_ARGS=(-object memory-backend-ram,id=numa0,size=3G -object memory-backend-ram,id=numa1,size=1G
	-numa "node,nodeid=0,cpus=0,memdev=numa0" -numa "node,nodeid=1,cpus=1,memdev=numa1")

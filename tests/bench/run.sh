#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The benchmark: count the instructions of nvm_pmem beside those of the
# kernel's nd_pmem and brd, in one VM, by turns. Documentation/measured.rst
# says what is counted and why.
#
# usage: run.sh [--profile CASE] [--doc]
#
#   --profile CASE  only this case, function by function
#   --doc           also write Documentation/measured.rst and its figures
#
# KERNEL=6.12 restricts the kernels, ROUNDS=1 the rounds. The results are in
# build/bench/. Exits 0 if it ran: a figure is not a test.

set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$top/scripts/common.sh"
here=$top/tests/bench
out=$top/build/bench
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

rounds=${ROUNDS:-3}
io='read-4k write-4k write-4k-sync read-128k write-128k'
io+=' uring-read-4k uring-write-4k uring-read-128k uring-write-128k'
dax='dax-read-4k dax-write-4k dax-read-128k dax-write-128k'
map='fault-read-4k fault-write-4k load store'
pmd='fault-read-2m fault-write-2m'
regions='1 10 100 1000'

# in the order they are loaded; what they depend on is found
modules=(crc32c_generic crc32c_intel virtio_pci virtio_blk ext4 nd_pmem nd_e820
	nvm_core nvm_memmap nvm_pmem)

make_initrd()
{
	local loaded='' name

	start_root init
	add_programs /sbin/mke2fs
	for name in "${modules[@]}"; do
		add_module "$name"
	done
	printf '%s=\047%s\047\n' MODULES "$loaded" ROUNDS "$rounds" IO "$io" DAX "$dax" \
		MAP "$map" PMD "$pmd" REGIONS "$regions" >"$work/root/plan"
	add_module brd
	pack_root
}

# 256M@4G is where the drivers take turns, 2G behind it where regions are registered.
boot_guest()
{
	boot 6G 256M!4G "2G\$0x110000000"
}

# only LIST CASE: leave nothing else in it
only()
{
	local -n list=$1

	[[ " $list " == *" $2 "* ]] && list=$2 || list=''
}

narrow_to()
{
	local l

	rounds=${ROUNDS:-1}
	for l in io dax map pmd; do
		only "$l" "$1"
	done
	[[ $1 == add-* || $1 == remove-* ]] && regions=${1#*-} || regions=''
	[ -n "$io$dax$map$pmd$regions" ] || die "no case $1"
}

run_bench report.py "$@"

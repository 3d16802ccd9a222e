#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The benchmark of caches: nvm_wcache beside dm-writecache, bcache and dm-cache
# on the same emulated medium, in one VM, by turns. What is measured and why is
# in Documentation/measured-type2.rst.
#
# usage: cache.sh [--profile CASE] [--doc]
#
#   --profile CASE  only this case, of those that end in -4k, function by function
#   --doc           also write Documentation/measured-type2.rst and its figures
#
# KERNEL=6.12 restricts the kernels, DRIVERS="raw nvm_wcache" the caches,
# CASES="fits-write-q1 fits-write-4k" what is measured. The results are in
# build/bench-cache/. Exits 0 if it ran: a figure is not a test.

set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$top/scripts/common.sh"
here=$top/tests/bench
out=$top/build/bench-cache
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

drivers=${DRIVERS:-raw writecache-pmem writecache-ssd bcache dm-cache nvm_wcache}
cases=${CASES:-}

modules=(crc32c_generic crc32c_intel crc32_pclmul virtio_pci virtio_blk nd_pmem nd_e820 bcache
	dm-writecache dm-cache dm-cache-smq nvm_core nvm_memmap nvm_pmem nvm_raw nvm_wcache)

make_initrd()
{
	local loaded='' name

	start_root cache-init
	add_programs "$(command -v fio)" "$(command -v dmsetup)" "$(command -v make-bcache)"
	for name in "${modules[@]}"; do
		add_module "$name"
	done
	printf '%s=\047%s\047\n' MODULES "$loaded" DRIVERS "$drivers" CASES "$cases" >"$work/root/plan"
	add_module brd
	pack_root
}

# The peers' caches are the two at 4G, of 384 and 64 MiB. The medium comes behind.
boot_guest()
{
	boot 6G 384M!4G 64M!0x120000000 "512M\$0x130000000"
}

narrow_to()
{
	grep -qw "count $1" "$here/guest/cache-init" || die "no case $1"
	cases=$1
}

run_bench cache_report.py "$@"

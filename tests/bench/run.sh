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
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}
out=$top/build/bench
read -ra kernels <<<"${KERNEL:-6.1 6.12}"

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

say() { printf '# bench: %s\n' "$*" >&2; }
die() { printf 'bench: %s\n' "$*" >&2; exit 1; }

dependencies()
{
	"$top/scripts/deps.sh" build vm bench
}

compile()
{
	local warn=(-O2 -Wall -Wextra -Werror)

	gcc "${warn[@]}" -fvisibility=hidden -shared -fPIC -o "$out/counter.so" "$here/plugin/counter.c"
	gcc "${warn[@]}" -static -o "$out/bench" "$here/guest/bench.c" -luring
}

# add_module NAME: into the guest, after what it depends on; some are built in
add_module()
{
	local name=$1 file dep

	[[ " $loaded " != *" $name "* ]] || return 0
	file=$(find "$cache/kernels/$kernel/lib/" "$top/build/bench-$kernel/" -name "${name//_/[_-]}.ko*" -print -quit)
	[ -n "$file" ] || return 0
	for dep in $(modinfo -F depends "$file" | tr , ' '); do
		add_module "$dep"
	done
	case $file in
	*.xz) xz -dc "$file" ;;
	*) cat "$file" ;;
	esac >"$work/root/modules/$name.ko"
	loaded+=" $name"
}

make_initrd()
{
	local loaded='' name lib

	rm -rf "$work/root"
	mkdir -p "$work"/root/{bin,sbin,modules}
	cp "$(command -v busybox)" "$work/root/bin/"
	cp "$out/bench" "$here/guest/init" "$work/root/"
	chmod +x "$work/root/init"
	cp /sbin/mke2fs "$work/root/sbin/"
	for lib in $(ldd /sbin/mke2fs | grep -o '/lib[^ ]*'); do
		install -D "$lib" "$work/root$lib"
	done
	for name in "${modules[@]}"; do
		add_module "$name"
	done
	printf '%s=\047%s\047\n' MODULES "$loaded" ROUNDS "$rounds" IO "$io" DAX "$dax" \
		MAP "$map" PMD "$pmd" REGIONS "$regions" >"$work/root/plan"
	add_module brd
	(cd "$work/root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >"$work/initrd"
	rm -rf "$work/root"
}

# One instruction is one nanosecond of the guest, so nothing depends on what
# else the host does. 256M@4G is where the drivers take turns, 2G behind it
# where regions are registered.
boot()
{
	local cmdline='console=ttyS0 quiet loglevel=3 panic=-1 reboot=k nokaslr mitigations=off'

	cmdline+=' norandmaps no_timer_check tsc=reliable noreplace-smp'
	cmdline+=" memmap=256M!4G memmap=2G\$0x110000000"

	rm -f "$work/out"
	truncate -s 32M "$work/out"
	timeout "${TIMEOUT:-1800}" qemu-system-x86_64 \
		-accel tcg,thread=single -icount shift=0,sleep=off,align=off \
		-plugin "$out/counter.so,out=$work/counts" \
		-M pc -cpu max -m 6G -smp 1 -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$cache/kernels/$kernel/vmlinux" -initrd "$work/initrd" \
		-drive "file=$work/out,if=virtio,format=raw" -serial "file:$work/console" \
		-rtc base=2024-01-01T00:00:00,clock=vm -seed 1 -append "$cmdline" </dev/null
}

measure()
{
	local kernel=$1 work=$out/$1

	mkdir -p "$work"
	"$top/scripts/fetch-kernels.sh" "$kernel"
	"$top/scripts/build-modules.sh" -o "bench-$kernel" "$kernel" >"$work/build.log" 2>&1 ||
		{ tail "$work/build.log" >&2; die "the modules do not build"; }
	make_initrd
	say "$kernel: Linux $(cat "$cache/kernels/$kernel/release"), a few minutes"
	if ! boot || ! grep -qa '^end$' "$work/out"; then
		tail -n 20 "$work/console" >&2
		die "$kernel: the guest did not get to its end"
	fi
	cp "$cache/kernels/$kernel/release" "$work/"
}

# only LIST CASE: leave nothing else in it
only()
{
	local -n list=$1

	[[ " $list " == *" $2 "* ]] && list=$2 || list=''
}

main()
{
	local profile='' doc='' k l

	while [ $# -gt 0 ]; do
		case $1 in
		--profile) profile=${2:?which case?}; shift ;;
		--doc) doc=--doc ;;
		*) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
		esac
		shift
	done
	if [ -n "$profile" ]; then
		out=$top/build/bench-profile
		rounds=${ROUNDS:-1}
		for l in io dax map pmd; do
			only "$l" "$profile"
		done
		[[ $profile == add-* || $profile == remove-* ]] && regions=${profile#*-} || regions=''
		[ -n "$io$dax$map$pmd$regions" ] || die "no case $profile"
	fi
	mkdir -p "$out"
	dependencies
	compile
	for k in "${kernels[@]}"; do
		measure "$k"
	done
	if [ -n "$profile" ]; then
		python3 "$here/report.py" --profile "$profile" "$out" "${kernels[@]}"
	else
		python3 "$here/report.py" $doc "$out" "${kernels[@]}"
	fi
}

main "$@"

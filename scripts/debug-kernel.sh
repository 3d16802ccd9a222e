#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the debug kernel into the cache, once for each configuration and
# version: Debian's linux-source-6.12, tinyconfig and tests/vm/debug.config.
#
# usage: debug-kernel.sh [built-in | kcsan]
#
#   $NVM_CACHE/kernels/debug -> <release>   with  build/ vmlinux config lib/
#
# as scripts/fetch-kernels.sh leaves Debian's kernels, and besides source/, the
# tree it was made from. <release> names the version and the configuration.
#
# "kcsan" builds kernels/kcsan, with tests/vm/kcsan.config on top.
#
# "built-in" makes the same kernel again with this tree's stack in it, from
# a copy of the first's objects, and prints the path of its vmlinux.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}
name=debug
fragments=("$top/tests/vm/debug.config")
package=linux-source-6.12
# what can be built into it: DDR3 not, as I2C is a module there
stack=(NVM_CORE NVM_PMEM NVM_WCACHE NVM_MEMMAP NVM_NFIT NVM_PCI)

# shellcheck source=scripts/apt-lib.sh
. "$top/scripts/apt-lib.sh"

# version: of the newest source apt knows, as 6.12.117
version()
{
	apt-cache show --no-all-versions "$package" 2>/dev/null | sed -n 's/^Version: \([0-9.]*\).*/\1/p'
}

# link_source DIR NEW: the same source once more, without what was built in it
link_source()
{
	mkdir -p "$2"
	find "$1" -mindepth 1 -maxdepth 1 ! -name build -exec cp -al -t "$2" {} +
}

# unpack DIR VERSION: the kernel's source into DIR
unpack()
{
	local tmp have

	[ ! -e "$1/Makefile" ] || return 0
	for have in "$cache/kernels/$2-debug-"*/source; do
		[ ! -e "$have/Makefile" ] || [[ $have = *-built-in/* ]] || { link_source "$have" "$1"; return; }
	done
	say "downloading $package"
	tmp=$(mktemp -d "$cache/kernels/.debug.XXXXXX")
	(
		cd "$tmp"
		download "$package"
		dpkg-deb --fsys-tarfile ./*.deb | tar -xO "./usr/src/$package.tar.xz" |
			tar -xJ --strip-components=1 --one-top-level=tree
	)
	mv -T "$tmp/tree" "$1"
	rm -rf "$tmp"
}

# amend DIR: the source is Debian's but for what only costs time. To kmemleak KASAN's shadow,
# an eighth of all memory, is data that may point somewhere, and so is the struct page of
# each page that was never free; reading them was most of each scan. And whether a page still
# has its poison is asked for with reports disabled: KASAN made one for every 8 bytes of it.
amend()
{
	sed -i s/MEMBLOCK_ALLOC_ACCESSIBLE/MEMBLOCK_ALLOC_NOLEAKTRACE/ "$1/arch/x86/mm/kasan_init_64.c"
	grep -q MEMBLOCK_ALLOC_NOLEAKTRACE "$1/arch/x86/mm/kasan_init_64.c"
	sed -i 's/(page_count(page) == 0)/(page_count(page) == 0 || PageReserved(page))/' "$1/mm/kmemleak.c"
	grep -q 'PageReserved(page)' "$1/mm/kmemleak.c"
	sed -i -E 's/^(static )?void \*(memchr_inv|check_bytes8)\(/__no_sanitize_address &/' "$1/lib/string.c"
	[ "$(grep -cE '^__no_sanitize_address .*(memchr_inv|check_bytes8)' "$1/lib/string.c")" = 2 ]
}

# wanted: "OPTION VALUE" for each option of the fragments, the last word counts
wanted()
{
	cat "${fragments[@]}" | sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=\(.*\)/\1 \2/p' |
		tac | awk '!seen[$1]++' | tac
}

# check_config FILE: olddefconfig drops what lacks a dependence, in silence
check_config()
{
	local option value have bad=

	while read -r option value; do
		have=$(sed -n "s/^$option=//p" "$1")
		[ "${have:-n}" = "$value" ] || bad+=" $option=$value (is ${have:-n})"
	done < <(wanted)
	[ -z "$bad" ] || die "these options of ${fragments[*]} did not take:$bad"
}

# configure SOURCE RELEASE
configure()
{
	local config=$1/build/.config

	make -s -C "$1" O=build tinyconfig >&2
	{
		wanted | tr ' ' =
		echo "CONFIG_LOCALVERSION=\"-$name-${2##*-}\""
	} >"$1/build/fragment"
	(cd "$1" && scripts/kconfig/merge_config.sh -m -O build "$config" build/fragment) >/dev/null
	make -s -C "$1" O=build olddefconfig >&2
	check_config "$config"
}

# build DIR RELEASE
build()
{
	local source=$1/source

	say "$2: building the debug kernel (once, a quarter of an hour on two processors)"
	# it is our modules that KCSAN is to watch
	make -s -C "$source" O=build -j"$(nproc)" KCSAN_SANITIZE=n vmlinux modules >&2
	make -s -C "$source" O=build INSTALL_MOD_PATH="$1" DEPMOD=true modules_install >&2
	rm -f "$1/lib/modules/$2"/{build,source}
	ln -sfn source/build "$1/build"
	ln -sfn build/.config "$1/config"
	ln -f "$source/build/vmlinux" "$1/vmlinux"
	# without KASLR it needs no start of its own
	ln -sfn vmlinux "$1/vmlinuz"
	# last: it says that all is there
	echo "$2" >"$1/release"
}

# copy_tree DIR NEW: a kernel's tree with its objects; links for what is only read
copy_tree()
{
	rm -rf "$2.new"
	link_source "$1/source" "$2.new/source"
	cp -a --reflink=auto "$1/source/build" "$2.new/source/build"
	mv -T "$2.new" "$2"
	# Tools are built by absolute paths, hence again. objtool is the same:
	# made older than the objects it does not have all of them made again.
	make -s -C "$2/source" O=build tools/objtool >&2
	find "$2/source/build/tools/objtool" -type f \
		-exec touch -r "$1/source/build/tools/objtool/objtool" {} +
}

# built_in DIR: the kernel of DIR with the stack in it, in DIR-built-in
built_in()
{
	local mine=$1-built-in config=$1-built-in/source/build/.config option

	if [ ! -e "$mine/source" ]; then
		say "copying $1 for a kernel with the stack built in (once)"
		copy_tree "$1" "$mine"
	fi
	# objects of another working tree may be newer than this one's files
	[ "$(readlink "$mine/source/drivers/nvm/core")" = "$top/core" ] ||
		rm -rf "$mine/source/build/drivers/nvm"
	"$top/scripts/hook-up.sh" "$mine/source"
	for option in "${stack[@]}"; do
		"$1/source/scripts/config" --file "$config" -e "$option"
	done
	say "building the kernel with the stack built in"
	make -s -C "$mine/source" O=build olddefconfig >&2
	for option in "${stack[@]}"; do
		grep -qx "CONFIG_$option=y" "$config" || die "CONFIG_$option did not take"
	done
	make -s -C "$mine/source" O=build -j"$(nproc)" vmlinux >&2
	echo "$mine/source/build/vmlinux"
}

main()
{
	local version release dir

	case ${1:-} in
	'' | built-in) ;;
	kcsan)
		name=kcsan
		fragments+=("$top/tests/vm/kcsan.config")
		;;
	*) die "usage: debug-kernel.sh [built-in | kcsan]" ;;
	esac
	command -v apt-get >/dev/null || die "this needs apt (a Debian system)"
	mkdir -p "$cache/kernels"
	exec 9>"$cache/.debug.lock"
	flock -n 9 || { say "waiting for another build of the debug kernel"; flock 9; }
	version=$(version)
	[ -n "$version" ] || { apt_update; version=$(version); }
	[ -n "$version" ] || die "apt knows no $package (Debian 12 with its security suite is needed)"
	release=$version-$name-$({ wanted; declare -f amend; } | sha256sum | cut -c1-10)
	dir=$cache/kernels/$release
	if [ ! -e "$dir/release" ]; then
		mkdir -p "$dir"
		unpack "$dir/source" "$version"
		amend "$dir/source"
		configure "$dir/source" "$release"
		build "$dir" "$release"
	fi
	ln -sfn "$release" "$cache/kernels/$name"
	[ "${1:-}" != built-in ] || built_in "$dir"
}

main "$@"

# SPDX-License-Identifier: GPL-2.0-only
#
# What run.sh and cache.sh share: a guest whose clock counts instructions.
# shellcheck shell=bash disable=SC2154 # $top, $here, $out are theirs

cache=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}
read -ra kernels <<<"${KERNEL:-6.1 6.12}"

say() { printf '# bench: %s\n' "$*" >&2; }
die() { printf 'bench: %s\n' "$*" >&2; exit 1; }

usage()
{
	sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
	exit 2
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

# add_programs PATH...: into the guest, with their libraries
add_programs()
{
	local file

	for file in $(ldd "$@" | grep -o '/[^ :]*\.so[^ :]*' | sort -u) "$@"; do
		install -D "$file" "$work/root$file"
	done
}

# start_root INIT: the guest's files begin with these
start_root()
{
	rm -rf "$work/root"
	mkdir -p "$work"/root/{bin,sbin,modules}
	cp "$(command -v busybox)" "$work/root/bin/"
	cp "$out/bench" "$here/guest/lib.sh" "$work/root/"
	install "$here/guest/$1" "$work/root/init"
}

pack_root()
{
	(cd "$work/root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >"$work/initrd"
	rm -rf "$work/root"
}

# boot MEMORY MEMMAP...: one instruction is one nanosecond of the guest, so
# nothing depends on what else the host does
boot()
{
	local cmdline='console=ttyS0 quiet loglevel=3 panic=-1 reboot=k nokaslr mitigations=off'
	local memory=$1

	shift
	cmdline+=' norandmaps no_timer_check tsc=reliable noreplace-smp'
	cmdline+=$(printf ' memmap=%s' "$@")
	rm -f "$work/out"
	truncate -s 32M "$work/out"
	timeout "${TIMEOUT:-1800}" qemu-system-x86_64 \
		-accel tcg,thread=single -icount shift=0,sleep=off,align=off \
		-plugin "$out/counter.so,out=$work/counts" \
		-M pc -cpu max -m "$memory" -smp 1 -nodefaults -no-user-config -display none -no-reboot \
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
	if ! boot_guest || ! grep -qa '^end$' "$work/out"; then
		tail -n 20 "$work/console" >&2
		die "$kernel: the guest did not get to its end"
	fi
	cp "$cache/kernels/$kernel/release" "$work/"
}

# measure_all: make_initrd and boot_guest are the caller's. The kernels at the
# same time: what else the host does changes no figure.
measure_all()
{
	local k failed=
	local -a jobs=()

	mkdir -p "$out"
	"$top/scripts/deps.sh" build vm bench
	compile
	for k in "${kernels[@]}"; do
		measure "$k" &
		jobs+=($!)
	done
	for k in "${jobs[@]}"; do
		wait "$k" || failed=y
	done
	[ -z "$failed" ]
}

# run_bench REPORT ARGUMENT...: narrow_to CASE is the caller's, too
run_bench()
{
	local report=$1 profile='' doc=''

	shift
	while [ $# -gt 0 ]; do
		case $1 in
		--profile) profile=${2:?which case?}; shift ;;
		--doc) doc=--doc ;;
		*) usage ;;
		esac
		shift
	done
	if [ -n "$profile" ]; then
		out=$top/build/bench-profile
		narrow_to "$profile"
	fi
	measure_all
	python3 "$here/$report" ${profile:+--profile "$profile"} $doc "$out" "${kernels[@]}"
}

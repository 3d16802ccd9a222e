# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Kernels with the stack built in, and a user space of one script: busybox
# runs it as process 1. Each line it prints after "T " is a finding.

# shellcheck source=scripts/common.sh
. "$VM_TOP/scripts/common.sh"

SS=$((0x140000000))
at() { printf '0x%x' $((SS + ($1 << 20))); }

# user_space DIR: of the script on the standard input
user_space()
{
	mkdir -p "$1"/{bin,dev,proc,sys,mnt,sbin}
	cp "$(command -v busybox)" "$1/bin/busybox"
	{
		cat <<-'HEAD'
			#!/bin/busybox sh
			export PATH=/bin
			for a in mount grep cat ls sleep reboot sync dd; do
				[ -e /bin/$a ] || /bin/busybox ln -s busybox /bin/$a 2>/dev/null
			done
			BUS=/sys/bus/nvm P=/sys/module/nvm_memmap/parameters
			mount -t proc proc /proc
			mount -t sysfs sysfs /sys
			mount -t devtmpfs dev /dev 2>/dev/null
			exec </dev/console >/dev/console 2>&1
			say() { echo "T $*"; }
			# refused PARAMETER VALUE: it must not take it
			refused() { echo "$2" >$P/$1 2>/dev/null && say "taken: $1=$2"; say "$1: $(cat $P/last_error)"; }
			# taken PARAMETER VALUE; what the kernel says of it is said before we speak
			taken() { echo "$2" >$P/$1 || say "refused: $1=$2"; echo 1 >$BUS/flush; say "map $(cat $P/map)"; }
		HEAD
		cat
		echo 'sync; reboot -f'
	} >"$1/sbin/init"
	chmod +x "$1/sbin/init"
	ln -s sbin/init "$1/init"
}

# boot_built_in PARAMETERS [QEMU ARGUMENT...]
boot_built_in()
{
	# shellcheck disable=SC2034 # for vm_cmdline
	local kernel VM_CMDLINE=$1

	shift
	kernel=$("$VM_TOP/scripts/debug-kernel.sh" built-in) || fail "the kernel is not built"
	vm_boot "$kernel" "$@"
	cp "$VM_SAID" console
	grep '^T ' console >found || fail "user space did not start: $(tail -n 3 console)"
	cat found
}

# found TEXT: the script has said it
found() { grep -qxF "T $1" found || fail "no '$1' in: $(cat found)"; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Start and drive VMs from the host. For tests/vm/host/*.sh and the runners.
#
#   vm_prepare SERIES          build what the VM boots; once, before vm_start
#   vm_boot KERNEL [QEMU ARGUMENT...]
#   vm_start [MACHINE [QEMU ARGUMENT...]]
#   vm_run CMD [SECONDS]       run CMD in the guest
#   vm_put FILE...             copy to the guest's /root
#   vm_test FILE [SECONDS LOG [more]] run a test in the guest
#   vm_qmp COMMAND [JSON]      one QMP command
#   vm_kill                    SIGKILL to QEMU, as a power cut
#   vm_stop                    the same, politely
#   vm_save FILE               save the guest as it is, and end the VM
#   vm_alive
#
# With VM_PERSIST=FILE the emulated memory outlives the VM in that file. With
# VM_SAVED=FILE the guest is the one that vm_save left there: a second instead
# of a boot. VM_PERSIST is no part of it and stays as the last VM left it.
# VM_THREAD=single emulates the processors one at a time: no stray int3 while
# the kernel patches itself.
# All work on the one VM in $VM_DIR; several VMs are driven by setting it.

VM_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VM_TOP=$(cd "$VM_HERE/../.." && pwd)
VM_CACHE=${NVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvm-core}
VM_LOGS=${VM_LOGS:-$VM_TOP/build/log}
VM_BOOT_TIMEOUT=${VM_BOOT_TIMEOUT:-120}
# how much longer all may take on a debug kernel
VM_DEBUG_SCALE=4

vm_say() { printf '# vm: %s\n' "$*" >&2; }

# vm_prepare SERIES: sets VM_KERNEL and VM_WORK
vm_prepare()
{
	local images

	VM_KERNEL=$1
	case $1 in
	debug | kcsan)
		# another one when its configuration changed
		"$VM_TOP/scripts/fetch-kernels.sh" "$1" || return
		export NVM_TIMEOUT_SCALE=${NVM_TIMEOUT_SCALE:-$VM_DEBUG_SCALE}
		;;
	*) [ -e "$VM_CACHE/kernels/$1/vmlinux" ] || "$VM_TOP/scripts/fetch-kernels.sh" "$1" || return ;;
	esac
	images=$("$VM_HERE/mkimages.sh" "$1") || return
	{ read -r VM_ROOT; read -r VM_MODULES; read -r VM_INITRD; } <<<"$images"
	VM_WORK=$(mktemp -d "${TMPDIR:-/tmp}/nvm-vm.XXXXXX") || return
	"$VM_HERE/payload.sh" "$1" "$VM_WORK/payload.squashfs"
}

vm_accel()
{
	if grep -qE '^flags.*\b(vmx|svm)\b' /proc/cpuinfo && [ -w /dev/kvm ]; then
		echo -accel kvm -cpu host
	else
		# Five-level page tables only slow the emulation down, and so does what
		# has the kernel copy and clear with "rep movsb", a byte at a time here.
		# QEMU 7.2's cmpxchg16b, with which the kernel takes objects from its slabs,
		# leaves garbage in the flags. An interrupt right behind it saves that, and
		# what it returns to single-steps or faults.
		echo -accel "tcg,thread=${VM_THREAD:-multi},tb-size=512" \
			-cpu "max,la57=off,erms=off,fsrm=off,cx16=off$CPU"
	fi
}

# vm_machine NAME: read the description of a machine
vm_machine()
{
	# shellcheck source=tests/vm/machines/main.sh
	. "$VM_HERE/machines/main.sh"
	[ "$1" = main ] && return
	[ -e "$VM_HERE/machines/$1.sh" ] || { vm_say "no machine $1"; return 1; }
	# shellcheck source=/dev/null
	. "$VM_HERE/machines/$1.sh"
}

vm_cmdline()
{
	local log=8M

	# kmemleak reads through all of it each time
	[[ $VM_KERNEL = 6.* ]] || log=2M
	# KASLR is the decompressor's work and is there with IMAGE=vmlinuz only;
	# the watchdogs and mitigations only measure how slow the emulation is.
	# Memory that is not zeroed by itself is faster, and hides less. Programs
	# that lie elsewhere each time are translated anew each time: three times
	# as long until /bin/true has ended.
	echo "console=ttyS0 panic=-1 printk.devkmsg=on log_buf_len=$log loglevel=${VM_LOGLEVEL:-7}" \
		"mitigations=off tsc=nowatchdog nowatchdog no_timer_check random.trust_cpu=on" \
		"norandmaps init_on_alloc=0 audit=0 apparmor=0 raid=noautodetect hung_task_panic=0" \
		"memmap=${NVM_SIZE}\$${NVM_SS} nvm.ss=$NVM_SS nvm.size=$NVM_SIZE" \
		"${NVM_LONG:+nvm.long=1} ${NVM_SEED:+nvm.seed=$NVM_SEED}" \
		"nvm.scale=${NVM_TIMEOUT_SCALE:-1}" \
		"$CMDLINE ${VM_CMDLINE:-}"
}

# vm_memory: with VM_PERSIST=FILE the reserved range is that file, which a
# power cut does not change: it is all of node 1, at the end of the memory
vm_memory()
{
	[ -n "${VM_PERSIST:-}" ] || return 0
	printf '%s\n' \
		-object "memory-backend-ram,id=m0,size=3G" \
		-object "memory-backend-file,id=m1,size=1G,share=on,mem-path=$VM_PERSIST" \
		-numa "node,nodeid=0,cpus=0-$((CPUS - 1)),memdev=m0" -numa "node,nodeid=1,memdev=m1"
}

# vm_board: QEMU's arguments for the bare machine described, one a line
vm_board()
{
	local accel

	read -ra accel < <(vm_accel)
	printf '%s\n' "${accel[@]}" \
		-machine "q35,vmport=off,sata=off,usb=off,hpet=off${MACHINE:+,$MACHINE}" \
		-m "$MEM" -smp "$CPUS" -nodefaults -no-user-config -display none -no-reboot
}

# vm_image NAME FILE: an image that the guest reads only
vm_image()
{
	printf '%s\n' -drive "if=none,id=$1,format=raw,readonly=on,file=$2" -device "virtio-blk-pci,drive=$1"
}

# vm_qemu: and those for the guest in it
vm_qemu()
{
	vm_board
	printf '%s\n' \
		-kernel "$VM_CACHE/kernels/$VM_KERNEL/$IMAGE" -initrd "$VM_INITRD" \
		-append "$(vm_cmdline)"
	vm_image root "$VM_ROOT"
	vm_image mods "$VM_MODULES"
	vm_image payload "$VM_WORK/payload.squashfs"
	printf '%s\n' \
		-device virtio-serial-pci \
		-chardev "socket,id=ctl,path=$VM_DIR/ctl,server=on,wait=off" \
		-device virtserialport,chardev=ctl,name=nvm.ctl \
		-qmp "unix:$VM_DIR/qmp,server=on,wait=off"
}

# vm_outside: a guest is saved and restored without the memory of VM_PERSIST
vm_outside()
{
	vm_qmp migrate-set-capabilities \
		'{"capabilities": [{"capability": "x-ignore-shared", "state": true}]}' >/dev/null
}

# vm_status COMMAND: the field "status" of its answer
vm_status() { vm_qmp "$1" | sed -n 's/.*"status": "\([^"]*\)".*/\1/p'; }

# vm_restore: the guest of VM_SAVED goes on
vm_restore()
{
	local n

	vm_outside || return
	vm_qmp migrate-incoming "{\"uri\": \"exec:cat '$VM_SAVED'\"}" >/dev/null || return
	for ((n = 0; n < 600; n++)); do
		[ "$(vm_status query-status)" = inmigrate ] || break
		sleep 0.1
	done
	vm_qmp cont >/dev/null
}

# vm_save FILE
vm_save()
{
	local n state

	vm_outside && vm_qmp stop >/dev/null &&
		vm_qmp migrate "{\"uri\": \"exec:cat >'$1.part'\"}" >/dev/null || return
	for ((n = 0; n < 600; n++)); do
		state=$(vm_status query-migrate)
		[[ $state != completed && $state != failed ]] || break
		sleep 0.1
	done
	vm_kill
	[ "$state" = completed ] || { vm_say "cannot save the guest: ${state:-no answer}"; return 1; }
	mv "$1.part" "$1"
}

# vm_clock_runs: the guest's seconds are about ours
vm_clock_runs()
{
	local host guest now then='cut -d" " -f1 /proc/uptime'

	host=$(date +%s%N)
	guest=$(vm_run "$then") || return
	sleep 1
	now=$(vm_run "$then") || return
	host=$(($(date +%s%N) - host))
	awk "BEGIN { guest = $now - $guest; host = $host / 1e9; exit !(guest < 1.25 * host && host < 9 * guest) }"
}

# vm_failed_alone LOG: no module of ours had said a word. Under emulation one in
# some hundred boots crashes, where a CPU runs into code that another is patching
# ("Oops: int3"); and a busy host may take more than the time there is.
vm_failed_alone() { ! grep -q nvm_ "$1"; }

# vm_start [MACHINE [QEMU ARGUMENT...]]: a kernel that took the measure of its
# clock while the host was busy has seconds that are much shorter; another is
# started, and so it is for one that failed without us
vm_start()
{
	local try

	for try in 1 2 3; do
		if vm_start_once "$@"; then
			! vm_clock_runs || return 0
			vm_say "${1:-main}: the guest's clock is not to be used (try $try)"
			vm_kill
		else
			vm_failed_alone "$VM_LOGS/boot-$VM_KERNEL-${1:-main}" || return
			vm_say "${1:-main}: it did not come up, and had no module of ours yet (try $try)"
		fi
	done
	return 1
}

vm_start_once()
{
	local machine=${1:-main} args

	[ $# -eq 0 ] || shift
	vm_machine "$machine" || return
	VM_DIR=$(mktemp -d "$VM_WORK/$machine.XXXXXX") || return
	mapfile -t args < <(vm_qemu; vm_memory)
	[ -z "${VM_SAVED:-}" ] || args+=(-incoming defer)
	VM_CONSOLE=${VM_CONSOLE_LOG:-$VM_DIR/console}
	qemu-system-x86_64 "${args[@]}" "${QEMU_ARGS[@]}" "$@" \
		-serial "file:$VM_CONSOLE.new" </dev/null >"$VM_DIR/qemu.out" 2>&1 &
	echo $! >"$VM_DIR/pid"
	if ! { [ -z "${VM_SAVED:-}" ] || vm_restore; } ||
			! "$VM_HERE/ctl.py" "$VM_DIR" wait "$VM_BOOT_TIMEOUT"; then
		mkdir -p "$VM_LOGS"
		cat "$VM_DIR/qemu.out" "$VM_CONSOLE.new" >"$VM_LOGS/boot-$VM_KERNEL-$machine"
		vm_kill
		vm_say "$machine: the guest does not come up ($VM_LOGS/boot-$VM_KERNEL-$machine):"
		tail -n 25 "$VM_LOGS/boot-$VM_KERNEL-$machine" >&2
		return 1
	fi
}

# vm_boot KERNEL [QEMU ARGUMENT...]: boot a guest of its own, without an agent,
# and wait for its end; what it said is in VM_SAID. VM_TYPED is an array of what
# somebody at the console waits for and types, see console.py.
vm_boot()
{
	local kernel=$1 args typist=

	shift
	vm_machine main || return
	VM_DIR=$(mktemp -d "$VM_WORK/boot.XXXXXX") || return
	mapfile -t args < <(vm_board; vm_memory)
	VM_CONSOLE=${VM_CONSOLE_LOG:-$VM_DIR/console}
	qemu-system-x86_64 "${args[@]}" -kernel "$kernel" -append "$(vm_cmdline)" "$@" \
		-chardev "socket,id=con,path=$VM_DIR/con,server=on,wait=off,logfile=$VM_CONSOLE.new" \
		-serial chardev:con </dev/null >"$VM_DIR/qemu.out" 2>&1 &
	echo $! >"$VM_DIR/pid"
	if [ -n "${VM_TYPED[*]:-}" ]; then
		"$VM_HERE/console.py" "$VM_DIR/con" 600 "${VM_TYPED[@]}" >"$VM_DIR/typed" 2>&1 &
		typist=$!
	fi
	wait "$(<"$VM_DIR/pid")"
	if [ -n "$typist" ] && ! wait "$typist"; then
		vm_say "$(<"$VM_DIR/typed")"
	fi
	tr -d '\r' <"$VM_CONSOLE.new" >"$VM_DIR/said"
	# shellcheck disable=SC2034 # for the tests
	VM_SAID=$VM_DIR/said
	vm_keep_console
}

vm_alive() { kill -0 "$(<"$VM_DIR/pid")" 2>/dev/null; }

vm_run() { "$VM_HERE/ctl.py" "$VM_DIR" run "${2:-60}" "$1"; }

# vm_put FILE...
vm_put() { vm_run "base64 -d <<<'$(tar -c -- "$@" | base64 -w 0)' | tar -xm -C /root"; }

vm_test() { "$VM_HERE/ctl.py" "$VM_DIR" test "${2:-60}" "$1" "${3:-/dev/null}" ${4:+"$4"}; }

vm_qmp() { "$VM_HERE/ctl.py" "$VM_DIR" qmp "$@"; }

# vm_keep_console: append this boot's console to the log
vm_keep_console()
{
	[ ! -e "$VM_CONSOLE.new" ] || cat "$VM_CONSOLE.new" >>"$VM_CONSOLE"
	rm -f "$VM_CONSOLE.new"
}

# vm_signal SIGNAL
vm_signal()
{
	local pid

	[ -e "$VM_DIR/pid" ] || return 0
	pid=$(<"$VM_DIR/pid")
	# the number may be another process' by now if it is no child of ours
	kill "-$1" "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	vm_keep_console
}

vm_kill() { vm_signal KILL; }

vm_stop() { vm_signal TERM; }

# vm_cleanup: end the VM and remove what vm_prepare and vm_start made
vm_cleanup()
{
	[ -z "${VM_DIR:-}" ] || vm_kill
	[ -z "${VM_WORK:-}" ] || rm -rf "$VM_WORK"
}

# shellcheck shell=bash disable=SC2154
# The power is cut again and again while a writer works, and what it was told
# is durable has to be there. A test gives two programs and a few words:
#
#	writer FIRST	works from number FIRST on and says "acked N" when N is durable
#	checker LAST	all up to LAST is there? Says what is not, and in the end up to
#			which number all is; the next writer goes on from there
#	power_cuts	does the rest: 2 times, 50 times with NVM_LONG=1
#
# The plan of the cuts (after how many acknowledgements, and how long after the
# last of them) is drawn from NVM_SEED. Where in the guest's work that falls
# differs from run to run all the same.
#
# The guest is booted once and saved before our modules are loaded; each round
# goes on from there. So each has a kernel that knows nothing of the rounds
# before, and the memory, in its file, is as the last cut has left it. By that a
# round takes a few seconds.
#
# shellcheck source=tests/vm/hostlib.sh disable=SC1091

VM_PERSIST=$scratch/memory
VM_CONSOLE_LOG=${VM_CONSOLE_LOG:-$scratch/console}
# shellcheck disable=SC2034 # for vm_start; loading the modules patches the kernel
VM_THREAD=single
seed=${NVM_SEED:-$(date +%s)}
files=(writer checker)
times=2
[ -z "${NVM_LONG:-}" ] || times=50

# plan: sets after (acknowledgements) and delay (seconds)
plan()
{
	after=$((20 + RANDOM % 100))
	delay=0.$(printf %03d $((RANDOM % 300)))
}

# The other tests of this run take the same guest.
save_guest()
{
	local guest=$VM_WORK/power-cut

	truncate -s 1G "$VM_PERSIST"
	if [ ! -e "$guest" ]; then
		must vm_start
		must vm_save "$guest"
	fi
	# shellcheck disable=SC2034 # for vm_start
	VM_SAVED=$guest
}

# check: all up to $last is there; $last becomes what was written, heard of or not
check()
{
	local said

	said=$(vm_run "python3 /root/checker $last" 120) || fail "seed $seed, cut $cut: $said"
	ok "cut $cut: all up to $last is there, and on to $said"
	last=$said
}

# write_and_cut: from $last + 1 on; $last becomes the last that the host heard of
write_and_cut()
{
	local writer i acked

	plan
	# it must be there, and empty, before the writer's first word
	: >acks
	vm_run "python3 /root/writer $((last + 1))" 120 >acks 2>&1 &
	writer=$!
	for ((i = 0; i < 900 && $(grep -c '^acked' acks) < after; i++)); do sleep 0.1; done
	sleep "$delay"
	vm_kill
	wait "$writer"
	# a last line may be cut short
	acked=$(sed '$d' acks | sed -n 's/^acked //p' | tail -n 1)
	[ "${acked:-$last}" -ge $((last + after - 1)) ] ||
		fail "only up to ${acked:-none} written: $(tail -n 3 acks)"
	last=$acked
}

# power_cuts FIRST-COMMAND EACH-COMMAND: the commands are run in the guest
# when the disk is there, once and after each cut
power_cuts()
{
	echo "# $times cuts, NVM_SEED=$seed"
	RANDOM=$seed
	last=-1
	save_guest
	for ((cut = 0; cut <= times; cut++)); do
		must vm_start
		must vm_put "${files[@]}"
		must vm_run 'modprobe nvm_memmap "map=$NVM_SIZE@$NVM_SS" && modprobe nvm_pmem && settle &&
			wait_for "[ -b /dev/nvm0 ]" 10 && settle' 150
		[ "$cut" != 0 ] || must vm_run "$1"
		must vm_run "$2"
		[ "$cut" = 0 ] || check
		[ "$cut" = "$times" ] || write_and_cut
	done
}

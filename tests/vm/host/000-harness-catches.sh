# proves: a test fails that brings a warning, leaves something behind, runs out of time or takes the kernel down; on the debug kernels also one that leaks, uses freed memory, breaks a lock or list, races, or has a failed KUnit case
# kernels: either

# a scan for leaks takes ten seconds on the debug kernel, two of them are one leak's
SCANS="more"

# runs COMMANDS [SECONDS]: they are a test of the guest's; sets RC and SAID
runs()
{
	printf '# proves: nothing\n%s\n' "$1" >own.sh
	must vm_put own.sh
	SAID=$(vm_test ../root/own.sh "${2:-60}" log "$SCANS")
	RC=$?
	echo "$RC $SAID: $1"
}

# caught REASON COMMANDS [SECONDS]: they fail, for the reason
caught()
{
	runs "${@:2}"
	[[ $RC != 0 && $RC != 77 ]] || fail "passed: $2"
	[[ $SAID =~ $1 ]] || fail "not caught for $1, but $SAID: $2"
}

passes()
{
	runs "$1"
	[ "$RC" = 0 ] || fail "did not pass: $SAID: $1"
}

# faulty FAULT REASON
faulty() { caught "$2" "at_exit nvm_unload; must modprobe nvm_faulty; sysfs_write /sys/module/nvm_faulty/parameters/do $1"; }

# of the kernel's log none counts here but what a test is failed for
allow_log .
must vm_start main
passes "at_exit nvm_unload; must modprobe nvm_memmap map=64M@\$NVM_SS; settle"
caught "^[0-9.]+ exit code 1: false" "must false"
caught "it says why" "(fail it says why)"
caught "(region|disk|module) .* left behind" "must modprobe nvm_memmap map=64M@\$NVM_SS"
caught "mount /mnt left behind" "mount -t tmpfs none /mnt"
caught "timed out after" "sleep 1000" 2
faulty warn "WARNING:"
faulty refcount "refcount_t:|WARNING:"
passes "must modprobe nvm_memmap; nvm_unload"
if [[ $VM_KERNEL = debug ]]; then
	SCANS="" faulty leak "([4-9]|1[0-9]) objects leaked"
	faulty shift "UBSAN"
	faulty list "list_del corruption"
	faulty timer "ODEBUG"
	must vm_run 'echo options nvm_kunit broken=1 >/etc/modprobe.d/broken.conf'
	! SAID=$(vm_test t/600-kunit.sh 300 log more) || fail "a KUnit case failed, 600 did not"
	[[ $SAID = *"nvm_kit: see above"* ]] || fail "600 failed, but for $SAID"
	must vm_run 'rm /etc/modprobe.d/broken.conf'
	faulty sleep "sleeping function"
	# it speaks once, and then no more
	faulty order "possible circular"
	caught "lockdep is off" "true"
	faulty use-after-free "KASAN"
elif [[ $VM_KERNEL = kcsan ]]; then
	faulty race "KCSAN"
fi
faulty panic ""
[ "$RC" = 126 ] || fail "the guest is gone, but the test ended by $RC"
vm_kill
grep -q 'Kernel panic - not syncing: on purpose' "$VM_CONSOLE" || fail "no panic on the console"

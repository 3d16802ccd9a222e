# proves: memory of type 2 that is lost under writers, a flush that waits, a mounted file system and stores to a mapping: all of them end with errors, what was dirty is said, and nothing is left
# kernels: either
# shellcheck disable=SC2016
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

gone()
{
	[ ! -b "$DISK" ] || fail "the disk is still there"
	expect_log 'KiB in the cache are not on the medium: lost'
	wait_for '[ -z "$(regions)" ]' 30
	wait_for '! grep -q nvm_fake /proc/iomem' 30
}

raw()
{
	fake_medium_up 2
	numbers_up none
	numbers_reach 600
	# a command that never ends, a flush that waits for it, writers for that
	must fake commands t2 never
	sync "$DISK" 2>/dev/null &
	local flush=$!
	at_exit eval "kill $flush 2>/dev/null; :"
	wait_for '[ "$(count dirty)" -gt 0 ]' 10
	must fake lost t2
	wait $flush
	wait "$NUMBERS"
	gone
	ok raw
}

mounted()
{
	fake_medium_up 2
	put_fs_on ext4 /mnt/a
	must dd if=/dev/urandom of=/mnt/a/file bs=64k count=64 conv=fsync status=none
	must fake commands t2 refused
	dd if=/dev/urandom of=/mnt/a/other bs=64k count=8 oflag=direct status=none
	must fake lost t2
	must_fail - dd if=/dev/zero of=/mnt/a/new bs=64k count=8 conv=fsync status=none
	must umount /mnt/a
	gone
	ok mounted
}

# mapped [msync]: with one under way; a flush hides what it writes, so also without
mapped()
{
	local flush

	fake_medium_up 2
	must fake commands t2 never
	mapper_up /dev/nvmc0 64
	same old "$(ask v)" "what was stored"
	wait_for '[ "$(count dirty)" -gt 0 ]' 10
	if [ -n "${1:-}" ]; then
		ask s >synced &
		flush=$!
		# the system call
		wait_for '[[ $(<"/proc/$MAPPER/syscall") = "26 "* ]]' 10
	fi
	must fake lost t2
	if [ -n "${1:-}" ]; then
		wait $flush
		same "error EIO" "error $(<synced)" "msync under way"
	fi
	same SIGBUS "$(ask r)" "a load"
	same SIGBUS "$(ask w)" "a store"
	same "error EIO" "error $(ask s)" msync
	mapper_down
	gone
	ok mapped
}

raw
must nvm_unload
mounted
must nvm_unload
mapped
must nvm_unload
mapped msync

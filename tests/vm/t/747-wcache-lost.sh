# proves: memory of type 2 that is lost under writers, a flush that waits and a mounted file system: all of them end with errors, what was dirty is said, and nothing is left
# kernels: either
# timeout: 180
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

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
	must nvm_unload
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

raw
mounted

# proves: with a device that ends no command flush, removal, sleep and unbinding end after a few time-outs, however much is dirty, and say what is not written; nothing of it is lost or refused, and once the device answers all of it is written; what was lost by unbinding reads as EIO
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# hangs NAME: what is in the file is dirty, and the device ends nothing
hangs()
{
	must fake commands t2 never
	put_file "$1"
	[ "$(count dirty)" -gt $((16 * MIB)) ] || fail "only $(count dirty) bytes are dirty"
}

# is_kept NAME
is_kept()
{
	[ "$(count dirty)" -gt $((16 * MIB)) ] || fail "only $(count dirty) bytes are dirty"
	same 0 "$(count failed)" "refused"
	badblocks_are ""
	holds "$1" || fail "other data in the cache"
}

# does not end is what this must not do: the test's time-out tells
flushed()
{
	must_fail EIO sync "$DISK"
	expect_log 'the device does not answer: the cache keeps [0-9]+ KiB until it does'
	expect_log 'the device does not answer: [0-9]+ KiB are not on the medium'
	is_kept want
	must_fail EIO sync "$DISK"
	is_kept want
	ok flush
}

removed()
{
	must_fail EIO fake remove t2
	is_kept want
	ok remove
}

slept()
{
	[ -w /sys/power/pm_test ] || return
	pm_test devices 0
	must_fail EIO to_sleep
	is_kept want
	ok sleep
}

# more than there are slots: who finds none does not wait either
filled()
{
	random_file more 16
	must_fail EIO dd if=more of="$DISK" bs=64k seek=512 oflag=direct conv=notrunc,nocreat status=none
	is_kept want
	ok full
}

recovered()
{
	must fake commands t2 taken
	# nobody asks for it
	wait_for '[ "$(count dirty)" = 0 ]' 60
	expect_log 'the device answers again'
	must sync "$DISK"
	same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
	medium_holds want
	ok recovery
}

unbound()
{
	hand_to nvm_wcache
	hangs other
	must sysfs_write "$BUS/drivers/nvm_wcache/unbind" nvm0
	expect_log '[0-9]+ KiB in the cache are not on the medium: lost'
	# the medium has what was there before: that is not to be taken for good
	must fake commands t2 taken
	bound_again nvm_wcache
	must_fail EIO dd if="$DISK" of=/dev/null bs=64k count=384 iflag=direct status=none
	put_file other
	must sync "$DISK"
	badblocks_are ""
	holds other || fail "other data after it was written anew"
	ok unbind
}

fake_medium_up 32
random_file want 24
random_file other 24
hangs want
flushed
removed
slept
filled
recovered
unbound

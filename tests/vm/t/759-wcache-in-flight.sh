# proves: a block that is being written to the medium is read and rewritten, whole or a sector of it, before its command has ended; the medium then gets the last version
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh disable=SC2016
. /payload/t/lib-wcache.sh

# in the order of the blocks: two, and what they are in the end
versions()
{
	head -c 4096 /dev/zero | tr '\0' b
	head -c 512 /dev/zero | tr '\0' a
	head -c 512 /dev/zero | tr '\0' c
	head -c 3072 /dev/zero | tr '\0' a
}

# is_last: the two blocks are
is_last() { dd if="$DISK" bs=4k skip=5 count=2 iflag=direct status=none | cmp - last; }

wcache_up 64M:write_ns=$((10000000000 * NVM_SCALE)):timeout=$((60000 * NVM_SCALE)) 8
versions >last
head -c 512 /dev/zero | tr '\0' c >sector
must put_block 5 a 2
sync "$DISK" &
sync=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 30
commands=$(knob commands) copies=$(count copies)
must is_block 5 a 2
must put_block 5 b
must dd if=sector of="$DISK" bs=512 seek=$((6 * 8 + 1)) oflag=direct conv=notrunc,nocreat status=none
must is_last
# it is the same command still
same "1 $commands" "$(knob in_flight) $(knob commands)" "commands in flight, commands"
same 2 "$(($(count copies) - copies))" "blocks that were copied"
must kill -0 $sync
must turn write_ns 0
must wait $sync
must sync "$DISK"
same "0 0" "$(count dirty) $(count failures)" "dirty, failures"
must is_last
hand_to nvm_raw
is_last || fail "the medium has another version"

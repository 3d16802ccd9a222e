# proves: a device that takes no discards is not told of one, but what was dirty is not written, and what it has refused is not missed
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fake_medium_up 4
same "" "$(attr nvm0 capabilities | grep -w discard)" "discard, among the capabilities"
random_file old 1
put_file old
must sync "$DISK"
must fake commands t2 refused
random_file new 1
put_file new
must_fail EIO sync "$DISK"
same "$MIB $MIB" "$(count dirty) $(count failed)" "dirty, refused"
must blkdiscard -o 256K -l 768K "$DISK"
same "262144 0" "$(count dirty) $(count discarded)" "dirty, discarded"
must fake commands t2 taken
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
# it cannot be known what the medium has there
same "512 1536" "$(awk 'NR == 1 { first = $1 } { n += $2 } END { print first, n }' "$REGION/badblocks")" badblocks
must_fail EIO dd if="$DISK" of=/dev/null bs=4k skip=64 count=1 iflag=direct status=none
dd if=new of=old bs=64k count=4 conv=notrunc status=none
must dd if=old of="$DISK" bs=64k seek=4 skip=4 oflag=direct conv=notrunc,nocreat status=none
must sync "$DISK"
badblocks_are ""
holds old || fail "other data"

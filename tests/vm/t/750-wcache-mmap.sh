# proves: the character device maps the medium, copies a page at the first store, and shows what the disk shows at any time; msync has it on the medium; a writable open and a mount exclude each other
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

CDEV=/dev/nvmc0

# raw FILE BLOCKS: what the bare medium has in its first blocks
raw()
{
	hand_to nvm_raw
	must dd if="$DISK" of="$1" bs=4k count="$2" iflag=direct status=none
	hand_to nvm_wcache
}

wcache_up 64M:write_ns=100000 2
[ -c "$CDEV" ] || fail "no $CDEV"
# stores are seen by the disk, and after msync they are on the medium
mapper_up "$CDEV" 64
same old "$(ask v)" "what was stored"
must dd if=$DISK of=seen bs=4k count=64 iflag=direct status=none
same "NvM page 63" "$(page_text seen 63)" "the disk"
same "done" "$(ask s)" msync
same 0 "$(count dirty)" "dirty after msync"
# the disk's writes are seen by who has it mapped
head -c 4096 /dev/zero | tr '\0' x >block
must dd if=block of=$DISK bs=4k seek=1 oflag=direct conv=notrunc,nocreat status=none
same other "$(ask x)" "page 1 after a write to the disk"
# who stores holds the disk against others
mkdir -p /mnt/a
must_fail - mount -t ext4 "$DISK" /mnt/a
must_fail EBUSY sysfs_write "$P/remove" "64M@$NVM_SS"
[ "$(attr nvm0 users)" -ge 1 ] || fail "nobody uses it"
mapper_down
raw medium 64
must cmp -n 4096 seen medium
same "NvM page 63" "$(page_text medium 63)" "the medium"
same x "$(dd if=medium bs=4k skip=1 count=1 status=none | tr -s x)" "page 1 on the medium"
# and the other way round
must mkfs.ext4 -q -F -b 4096 "$DISK"
must mount "$DISK" /mnt/a
must_fail EBUSY dd if=/dev/zero of=$CDEV count=0 conv=notrunc
must umount /mnt/a
# both at once, with a cache that is too small, beside I/O that keeps it busy
io_beside --iodepth=8 --offset=32M --size=16M
must two-views "$DISK" $CDEV 1024 40000 "${NVM_SEED:-$RANDOM}"
io_beside_ends
must sync "$DISK"
same 0 "$(count dirty)" "dirty at the end"

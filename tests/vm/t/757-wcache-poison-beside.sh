# proves: in a block that is partly in the cache and partly poisoned on the medium every sector that is good can be read, and writing those that are not makes it a block as any other; who has mapped what is lost gets a signal, not what was there; what lies beside a block that cannot be read is not refused for it again and again
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

# sector N COUNT: those of the disk are those of the file want
sector() { dd if="$DISK" bs=512 skip="$1" count="$2" iflag=direct status=none | cmp - <(dd if=want bs=512 skip="$1" count="$2" status=none); }

# put_sector N
put_sector() { must dd if=want of="$DISK" bs=512 seek="$1" skip="$1" count=1 oflag=direct conv=notrunc,nocreat status=none; }

fake_medium_up 4
random_file want 1
put_file want
must sync "$DISK"
# what is in the cache hides what the medium has
hand_to nvm_raw
hand_to nvm_wcache
must fake poison t2 $((4096 + 2 * 512)) 512
badblocks_are "10 1"
put_sector 8
for n in 1 2 3 4 5; do
	sector 8 2 || fail "sectors before the bad one"
	sector 11 5 || fail "sectors after the bad one"
	must_fail EIO dd if="$DISK" of=/dev/null bs=512 skip=10 count=1 iflag=direct status=none
done
put_sector 10
sector 8 8 || fail "all sectors, once they were written"
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
medium_holds want
# a process that has it mapped, straight from the medium
hand_to nvm_wcache
mapper_up -k /dev/nvmc0 2
same other "$(ask x)" "page 1, mapped"
# over the border of two pages
must fake poison t2 $((4096 - 512)) 1024
same SIGBUS "$(ask x)" "page 1 once its first sector is lost"
put_file want
same other "$(ask x)" "page 1 once it was written again"
mapper_down
must sync "$DISK"
badblocks_are ""
# the same for poison that nobody has reported: who meets it learns of one sector
hand_to nvm_wcache
must sysfs_write /sys/kernel/debug/nvm/nvm0/latent_poison "$((2 * 4096 + 2 * 512)) 512"
put_sector 16
for n in 1 2 3; do
	sector 19 5 || fail "sectors after the bad one"
	must_fail EIO dd if="$DISK" of=/dev/null bs=512 skip=18 count=1 iflag=direct status=none
	sector 16 2 || fail "sectors before the bad one"
done
badblocks_are "18 1"
put_sector 18
sector 16 8 || fail "all sectors, once they were written"
must sync "$DISK"
badblocks_are ""
medium_holds want
# a block between two dirty ones that cannot be read is no gap to be written over
hand_to nvm_wcache
must fake poison t2 $((20 * 4096)) 512
before=$(count failures)
for n in 1 2 3; do
	failures=$(count failures)
	put_sector $((19 * 8))
	put_sector $((21 * 8))
	must sync "$DISK"
done
# at the first they had to be completed, and went one by one
[ "$failures" -gt "$before" ] || fail "nobody went over it at the second time"
same "$failures" "$(count failures)" "blocks refused at the third time"
badblocks_are "160 1"
must dd if=want of="$DISK" bs=4k skip=19 seek=19 count=3 oflag=direct conv=notrunc,nocreat status=none
must sync "$DISK"
badblocks_are ""
medium_holds want

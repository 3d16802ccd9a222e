# proves: before the system sleeps the cache, and what is stored to a mapping, is on the medium; if that cannot be it does not sleep
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

[ -w /sys/power/pm_test ] || skip "no /sys/power/pm_test"
pm_test devices 0
wcache_up 64M:write_ns=100000 16
random_file want 4
put_file want
[ "$(count dirty)" -gt 0 ] || fail "nothing is dirty"
must to_sleep
same 0 "$(count dirty)" "dirty after sleep"
must turn bad_at 4096
random_file new 4
put_file new
must_fail EIO to_sleep
expect_log 'nvm0: not suspended: not all of the cache could be written'
holds new || fail "other data after a refusal"
same "4096 4096" "$(count dirty) $(count failed)" "dirty, refused"
must turn bad_at "$NOWHERE"
must to_sleep
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
medium_holds new
# stores are seen again after it, too: those before it were made safe by it
must sysfs_write "$P/remove" "64M@$NVM_SS"
wait_for 'rmmod nvm_raw' 20
element=64M:write_ns=100000:buffer=1M:lose=1
emul_add $element
mapper_up /dev/nvmc0 64
must to_sleep
same 0 "$(count dirty)" "dirty after sleep"
same "done" "$(ask w)" "a store"
wait_for '[ "$(count dirty)" -gt 0 ]' 10
must to_sleep
same 0 "$(count dirty)" "dirty after another sleep"
must turn power_cut 1
mapper_down
power_cut $element
must dd if="$DISK" of=seen bs=4k count=64 iflag=direct status=none
same "nvM page 0" "$(page_text seen 0)" "what was stored after the sleep"
for page in 1 31 63; do
	same "NvM page $page" "$(page_text seen $page)" "what was stored before"
done

# proves: before the system sleeps the cache is on the medium; if that cannot be it does not sleep
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# to_sleep: the test mode suspends all devices and resumes them
to_sleep() { sysfs_write /sys/power/state freeze; }

[ -w /sys/power/pm_test ] || skip "no /sys/power/pm_test"
must sysfs_write /sys/power/pm_test devices
at_exit sysfs_write /sys/power/pm_test none
must sysfs_write /sys/module/suspend/parameters/pm_test_delay 0
at_exit sysfs_write /sys/module/suspend/parameters/pm_test_delay 5
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
must turn bad_at $NOWHERE
must to_sleep
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
medium_holds new

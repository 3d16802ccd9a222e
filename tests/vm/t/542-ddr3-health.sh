# proves: the health of a DDR3 module is asked for at the beginning and again and again, but not while the system sleeps: not armed means read-only, with the reason
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake=/sys/module/nvm_ddr3_fake/parameters
reason='not armed (NVM_READY)'

at_exit nvm_unload
must modprobe nvm_pmem
fake_up() { must modprobe nvm_ddr3_fake start="$NVM_SS" size=$((64 * MIB)) uid=fake-4711 sick=1 "$@"; }

# from the beginning: it is not asked a second time before the test is over
fake_up poll_ms=10000000
disk_up
same 1 "$(<$fake/asked)" 'how often it was asked at the beginning'
same "$reason" "$(<$REGION/read_only_reason)" 'read_only from the beginning'
same 1 "$(blockdev --getro $DISK)" 'getro from the beginning'
settle
must rmmod nvm_ddr3_fake

fake_up
disk_up
same fake-4711 "$(<$REGION/uid)" uid
same fake-ddr3 "$(<$REGION/model)" model
same "$reason" "$(<$REGION/read_only_reason)" 'read_only at the beginning'
must_fail - write_at 0 4096
must sysfs_write $fake/sick 0
wait_for '[ -z "$(<$REGION/read_only_reason)" ]' 30
must write_at 0 4096
must sysfs_write $fake/sick 1
wait_for '[ -n "$(<$REGION/read_only_reason)" ]' 30
same "$reason" "$(<$REGION/read_only_reason)" 'read_only later'
must_fail - write_at 0 4096
# nobody asks a bus that sleeps
pm_test devices 2
must to_sleep
same 0 "$(<$fake/disturbed)" 'how often it was asked while it slept'
asked=$(<$fake/asked)
wait_for '[ "$(<$fake/asked)" -gt $asked ]' 30
# it is asked until it is unbound, and not afterwards
settle
must sysfs_write /sys/bus/platform/drivers/nvm_ddr3_fake/unbind nvm_ddr3_fake
same '' "$(regions)" regions
asked=$(<$fake/asked)
sleep 1
same "$asked" "$(<$fake/asked)" 'how often it was asked, unbound'
must rmmod nvm_ddr3_fake

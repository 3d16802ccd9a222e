# proves: under I/O a device of type 2 is not removed politely, but unbound and lost without a bio or command left behind; commands that never end hold nothing up
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

io()
{
	fio --name=v --filename=$DISK --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=16 --rw=randrw --bs=8k \
		--size=8M --time_based --runtime=600 --output=fio.out >/dev/null 2>&1 &
	fio=$!
	wait_for '[ "$(knob commands)" -gt 50 ]' 30
}

emul_up 64M:write_ns=100000:timeout=2000
io
must refused EBUSY remove "64M@$(at 0)"
must kill -0 $fio
# one of those in flight never ends
must turn stall 3
must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
ends_badly $fio
same unclaimed "$(attr nvm0 state)" state
same 0 "$(knob in_flight)" "commands in flight"
for _ in 1 2 3; do
	bound_again nvm_raw
	commands=$(knob commands)
	fio --name=v --filename=$DISK --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=16 --rw=randrw \
		--bs=8k --size=8M --time_based --runtime=600 --output=fio.out >/dev/null 2>&1 &
	fio=$!
	wait_for "[ \$(knob commands) -gt $((commands + 50)) ]" 30
	must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
	ends_badly $fio
	wait_for '[ "$(attr nvm0 users)" = 0 ]' 30
done
must sysfs_write "$P/remove" "64M@$(at 0)"
! grep nvm_memmap /proc/iomem || fail "the claim is left"

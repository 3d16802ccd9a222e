# proves: persistent memory of a controller that lies, never gets ready or tells of errors is refused in bounded time, or read-only, or fails the flush, each with a line
# kernels: either
# vm: pci-lab
# long-timeout: 400
# shellcheck source=tests/vm/t/lib-pmr.sh
. /payload/t/lib-pmr.sh

# refused PMRCAP PMRSTS LINE
refused()
{
	controller "$1" "$2"
	must_fail - sysfs_write $DRIVER/bind "$lab"
	expect_log "nvm_pci $lab: $3"
	same '' "$(regions)" "regions after: $3"
	wait_for no_claims 30
}

lab_up
refused 0x10400 0 'PMRCAP has memory in BAR 0, not 2 to 5'
refused 0x104e0 0 'PMRCAP has memory in BAR 7, not 2 to 5'
refused 0x10460 0 'BAR 3 is no memory'
refused 0x10440 0 'region pci-.*-bar2 .* refused: its size is not a multiple of 2 MiB'
refused 0x10080 0 'PMRCAP 00010080 has no way to make writes durable'
refused 0x10680 0 'PMRCAP 00010680 has an unknown unit of time'
# never ready; it is disabled again
refused $BY_STATUS 0x100 'not ready after 500 ms \(PMRSTS 00000100\)'
same 0x0 "$(register $PMRCTL)" 'PMRCTL of what was refused'
refused 0x20880 0x100 'not ready after 1000 ms'
refused $BY_STATUS 0xffffffff 'does not answer'
if [ -n "${NVM_LONG:-}" ]; then
	# 255 minutes, it says
	refused 0xff0980 0x100 'not ready after 120000 ms'
fi

# what it says of its contents
while read -r sts why; do
	controller $BY_STATUS "$sts"
	must sysfs_write $DRIVER/bind "$lab"
	settle
	same "$why" "$(<$REGION/read_only_reason)" "PMRSTS $sts"
	same 1 "$(blockdev --getro $DISK)" "getro with PMRSTS $sts"
	settle
	must sysfs_write $DRIVER/unbind "$lab"
done <<'STATES'
0x001 the controller reports errors of writes (PMRSTS.ERR)
0x200 its contents could not be restored (PMRSTS.HSTS)
0x400 the controller made it read-only (PMRSTS.HSTS)
0x600 it has become unreliable (PMRSTS.HSTS)
0xe00 its health status is unknown (PMRSTS.HSTS)
STATES

# A flush by either barrier asks whether the writes are safe.
for cap in $BY_STATUS $BY_MEMORY; do
	controller "$cap" 0
	must sysfs_write $DRIVER/bind "$lab"
	settle
	wait_for "[ -b $DISK ]" 30
	settle
	same 0x1 "$(register $PMRCTL)" PMRCTL
	same device_cmd "$(<$REGION/persistence_domain)" persistence_domain
	must dd if=/dev/zero of=$DISK bs=4096 count=1 oflag=direct conv=fsync status=none
	must register $PMRSTS 1
	must_fail - dd if=/dev/zero of=$DISK bs=4096 count=1 oflag=direct conv=fsync status=none
	expect_log "persistent memory of $lab: PMRSTS 00000001: the controller reports errors of writes"
	must register $PMRSTS 0x100
	must_fail - dd if=/dev/zero of=$DISK bs=4096 count=1 oflag=direct conv=fsync status=none
	expect_log "persistent memory of $lab: PMRSTS 00000100: not ready"
	must register $PMRSTS 0
	must dd if=/dev/zero of=$DISK bs=4096 count=1 oflag=direct conv=fsync status=none
	settle
	must sysfs_write $DRIVER/unbind "$lab"
	same 0x0 "$(register $PMRCTL)" 'PMRCTL when unbound'
done

# proves: reported poison is listed by region and disk in sectors from the start, and only it reads as EIO
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M
badblocks_are ""
before=$(</sys/bus/nvm/events)
must fake poison a 8192 512
badblocks_are "16 1"
[ "$(</sys/bus/nvm/events)" -gt "$before" ] || wait_for "[ \$(</sys/bus/nvm/events) -gt $before ]" 30
# not on a boundary: all sectors that it touches
must fake poison a 1048577 1023
badblocks_are "16 1" "2048 2"
for n in 16 2048 2049; do
	must_fail EIO read_at $((n * 512)) 512
done
for n in 15 17 2047 2050; do
	must read_at $((n * 512)) 512
done
must_fail EIO read_at 8192 4096
must_fail EIO read_at 0 131072
must read_at 0 8192
must read_at 12288 131072
must_fail EIO dd if="$DISK" of=/dev/null bs=4k count=1 skip=2 status=none
# beyond the end it is nobody's
must fake poison a $((64 * MIB)) 4096
must fake poison a $((64 * MIB - 512)) 4096
badblocks_are "16 1" "2048 2" "131071 1"

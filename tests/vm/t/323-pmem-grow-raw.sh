# proves: an unmounted disk grows under raw I/O, old data stays, the new room can be used, and user space is told
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
must_fail ENOSPC write_at $((64 * MIB)) 4096
udevadm monitor --kernel --property --subsystem-match=block >uevents &
monitor=$!
at_exit eval "kill $monitor 2>/dev/null; :"
wait_for 'grep -q "^KERNEL" uevents' 30
fio_run verify --filename="$DISK" --direct=1 --rw=randwrite --bs=4k --size=16M --ioengine=io_uring \
	--iodepth=4 --verify=crc32c --verify_backlog=64 --do_verify=1 --verify_fatal=1 \
	--time_based --runtime=600 --trigger-file=stop &
fio=$!
sleep 0.5
for mib in 66 68 100 128; do
	must sysfs_write $MEMMAP/add "${mib}M@$NVM_SS"
	must write_at $((mib * MIB - 4096)) 4096
	must_fail ENOSPC write_at $((mib * MIB)) 4096
done
touch stop
must wait $fio
# shellcheck disable=SC2016 # evaluated there
wait_for '[ "$(grep -c "^RESIZE=1" uevents)" = 4 ]' 30
must fio_run tail --filename="$DISK" --direct=1 --rw=randwrite --bs=128k --offset=60M --size=68M \
	--io_size=8M --verify=crc32c --do_verify=1 --verify_fatal=1
# one request across the seams of what was mapped at different times
must fio_run seam --filename="$DISK" --direct=1 --rw=write --bs=8M --offset=62M --size=64M \
	--io_size=64M --verify=crc32c --do_verify=1 --verify_fatal=1

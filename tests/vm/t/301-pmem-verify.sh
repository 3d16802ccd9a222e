# proves: random I/O in 512-byte, 4K and 128K blocks, by io_uring at depth 16, comes back as written
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
for bs in 512 4k 128k; do
	must fio_run "verify-$bs" --filename="$DISK" --direct=1 --ioengine=io_uring \
		--iodepth=16 --rw=randwrite --bs="$bs" --size=64M --io_size=8M \
		--verify=crc32c --do_verify=1 --verify_fatal=1
done
must fio_run sync --filename="$DISK" --direct=1 --ioengine=psync --numjobs=2 \
	--offset_increment=32M --rw=randwrite --bs=4k --size=8M --verify=crc32c \
	--do_verify=1 --verify_fatal=1 --sync=1

# proves: when memory is lost under running I/O, all of it ends, by success or an error, and nothing hangs
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_pmem
for how in lost unregister; do
	fake_add 64M
	for engine in io_uring psync; do
		fio --name=$engine --output=$engine.fio --filename="$DISK" --allow_file_create=0 --direct=1 --ioengine=$engine \
			--iodepth=16 --rw=randrw --bs=16k --size=64M --time_based --runtime=60 &
	done
	fio --name=buffered --output=buffered.fio --filename="$DISK" --allow_file_create=0 --ioengine=psync --fsync=8 \
		--rw=randwrite --bs=4k --size=64M --time_based --runtime=60 &
	wait_for "[ \"\$(<$REGION/users)\" -ge 3 ]" 20
	sleep 0.5
	must fake $how a
	end=$((SECONDS + 20))
	wait
	[ $SECONDS -lt $end ] || fail "fio needed more than 20 s to notice"
	for engine in io_uring psync buffered; do
		grep -qE 'error=|err= *[1-9]' $engine.fio || fail "$engine saw no error"
	done
	nothing_left
	ok "$how"
done

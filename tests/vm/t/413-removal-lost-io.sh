# proves: when memory is lost under running I/O, all of it ends, by success or an error, and nothing hangs
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_pmem
# job NAME OPTION...: I/O for longer than the test, in the background
job()
{
	local name=$1

	shift
	fio --name="$name" --output="$name.fio" --filename="$DISK" --allow_file_create=0 --size=32M \
		--time_based --runtime=$((60 * NVM_SCALE)) --exec_prerun="touch $name.begins" "$@" &
}

for how in lost unregister; do
	fake_add 64M
	rm -f ./*.begins
	for engine in io_uring psync; do
		job $engine --direct=1 --ioengine=$engine --iodepth=16 --rw=randrw --bs=16k
	done
	# elsewhere: a direct write that cannot drop a cached page fails that page's next fsync
	job buffered --offset=32M --ioengine=psync --fsync=8 --rw=randwrite --bs=4k
	wait_for '[ -e io_uring.begins ] && [ -e psync.begins ] && [ -e buffered.begins ]' 90
	wait_for "[ \"\$(<$REGION/users)\" -ge 3 ]" 60
	sleep 0.5
	must fake $how a
	end=$((SECONDS + 20 * NVM_SCALE))
	wait
	[ $SECONDS -lt $end ] || fail "fio needed more than $((20 * NVM_SCALE)) s to notice"
	for engine in io_uring psync buffered; do
		grep -qE 'error=|err= *[1-9]' $engine.fio || {
			sed "s/^/# $engine: /" $engine.fio
			fail "$engine saw no error"
		}
	done
	nothing_left
	ok "$how"
done

# proves: as many commands overlap as the device takes and no more; the seed repeats what is random
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

writes()
{
	must fio --name=w --filename=$DISK --allow_file_create=0 --direct=1 --ioengine=libaio --iodepth=16 \
		--rw=randwrite --bs=4k --size=8M --io_size=256k --output=fio.out
}

emul_up 64M:depth=4:write_ns=20000000:jitter=30:bw=100:seed=5
must turn most_in_flight 0
writes
same 4 "$(knob most_in_flight)" "most commands at a time"
for depth in 1 3; do
	must turn depth $depth
	must turn most_in_flight 0
	writes
	same $depth "$(knob most_in_flight)" "most commands at a time with depth=$depth"
done
must turn write_ns 0
must turn bw 0
must turn depth 4
commands=$(knob commands)
bytes=$(knob bytes)
must put_block 0 a 64
# one command for 256K, and a second for what is beyond it
same "1 262144" "$(($(knob commands) - commands)) $(($(knob bytes) - bytes))" "commands, bytes of 256K"
must put_block 0 a 65
same 3 "$(($(knob commands) - commands))" "commands of 512K + 4K"
# garbage is drawn from the seed: the same twice
must sysfs_write /sys/module/nvm_raw/parameters/cheat 1
for seed in 77 77 78; do
	must turn seed $seed
	must turn stall 1
	put_block 3 z 2>/dev/null &
	writer=$!
	# it is in flight before all of it, from front to end, is garbage
	wait_for '[ "$(knob in_flight)" = 1 ]' 20
	wait_for '[ "$(dd if=$DISK bs=4k skip=3 count=1 iflag=direct status=none | tail -c 512 | tr -d a | wc -c)" -gt 0 ]' 20
	dd if=$DISK bs=4k skip=3 count=1 iflag=direct status=none | sha256sum >>garbage
	ends_badly $writer
done
same "2 1" "$(uniq -c <garbage | awk '{ print $1 }' | paste -sd ' ')" "how often each garbage was seen"

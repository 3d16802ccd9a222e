# proves: a discard is a command of an emulated device of type 2: it is told of all of it, the range reads as garbage in flight and as zeros then, beside it all stays; one that fails is half done; what the buffer had of it is lost at a power cut
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

now=64M:write_ns=1000:buffer=64K:lose=1:max_transfer=32K:timeout=60000
emul_up "$now"
same "4096 1" "$(cat /sys/block/nvm0/queue/discard_granularity) $(($(cat /sys/block/nvm0/queue/discard_max_bytes) > 0))" \
	"granularity, takes discards"
must put_block 0 o 64
must sync $DISK
commands=$(knob commands)
bytes=$(knob bytes)
must blkdiscard -o 16K -l 128K $DISK
same "4 $bytes" "$(($(knob commands) - commands)) $(knob bytes)" "commands of 32K, bytes written"
must is_block 0 o 4
must is_block 4 '\0' 32
must is_block 36 o 28
# one that fails has done half of its work
must turn fail 1
must_fail EIO blkdiscard -o 160K -l 32K $DISK
must is_block 40 '\0' 4
must is_block 44 o 20
must turn bad_at $((50 * 4096))
must_fail EIO blkdiscard -o 192K -l 32K $DISK
must turn bad_at "$NOWHERE"
must is_block 52 o 12
# in flight
must turn write_ns $((8000000000 * NVM_SCALE))
blkdiscard -o 240K -l 4K $DISK &
pid=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 20
must sysfs_write /sys/module/nvm_raw/parameters/cheat 1
# a seek, as dd does one, would wait for the ioctl
must python3 - <<-'PY'
	import mmap, os
	seen = mmap.mmap(-1, 4096)
	os.preadv(os.open("/dev/nvm0", os.O_RDONLY | os.O_DIRECT), [seen], 60 * 4096)
	assert all(seen[i:i + 512] not in (b"o" * 512, bytes(512)) for i in range(0, 4096, 512)), "no garbage"
PY
same 1 "$(knob in_flight)" "commands in flight"
must sysfs_write /sys/module/nvm_raw/parameters/cheat 0
must wait $pid
must is_block 60 '\0'
must turn write_ns 1000
# the buffer
must sync $DISK
must put_block 61 n
must blkdiscard -o 248K -l 4K $DISK
must is_block 62 '\0'
must turn power_cut 1
nvm_unload
must modprobe nvm_raw
emul_add "$now"
must is_block 60 '\0'
must is_block 61 o 3

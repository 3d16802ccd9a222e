# proves: what a command in flight touches, rounded out to busy units, reads as garbage; nvm_raw waits; afterwards all is new there and old around it
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh disable=SC2016
. /payload/t/lib-emul.sh

cheat() { must sysfs_write /sys/module/nvm_raw/parameters/cheat "$1"; }

# a write of block 5 that never ends, of its own accord
stalled_write()
{
	must turn stall 1
	put_block 5 n 2>/dev/null &
	writer=$!
	wait_for '[ "$(knob in_flight)" = 1 ]' 20
}

emul_up 4M:undo=0
must sysfs_write "$P/remove" "4M@$NVM_SS"
timeout=$((8000 * NVM_SCALE))
for options in "" :undo=0; do
	emul_add "64M:busy_unit=16K:timeout=$timeout:write_ns=1000$options"
	must put_block 0 o 12
	must is_block 0 o 12
	stalled_write
	cheat 1
	# it counts as in flight before the last of it is garbage
	wait_for '! is_block 7 o' 20
	must is_block 0 o 4
	must dd if="$DISK" of=seen bs=4k skip=4 count=4 iflag=direct status=none
	# in one go: the command is given up after a time
	must python3 - <<-'PY'
	seen = open("seen", "rb").read()
	for i in range(0, len(seen), 512):
	    sector = seen[i:i + 512]
	    assert sector not in (b"o" * 512, b"n" * 512), "sector %d reads as %c" % (i // 512, sector[0])
	PY
	must is_block 8 o 4
	cheat 0
	# who does not cheat waits until it is given up: then it has not happened
	must is_block 8 o 4
	must is_block 4 o 4
	same 0 "$(knob in_flight)" "commands in flight"
	ends_badly $writer
	expect_log "no end of a command in $timeout ms"
	# one that ends: all of it is new, what lies around it is as before
	must put_block 5 n 2
	must is_block 5 n 2
	must is_block 0 o 5
	must is_block 7 o 5
	# udev looks at what was written
	settle
	must sysfs_write "$P/remove" "64M@$NVM_SS"
done

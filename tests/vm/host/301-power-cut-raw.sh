# proves: after a power cut every block written with O_DSYNC or followed by fsync is on the disk, in each of three rounds
# timeout: 240
# shellcheck source=tests/vm/hostlib.sh disable=SC1091,SC2016,SC2154

rounds=3
VM_PERSIST=$scratch/memory
truncate -s 1G "$VM_PERSIST"

# Block N of the disk in turn by an O_DIRECT O_DSYNC write, or through the page
# cache and by fsync.
cat >writer <<'PY'
import mmap, os, sys
first = int(sys.argv[1])
direct = os.open("/dev/nvm0", os.O_WRONLY | os.O_DIRECT | os.O_DSYNC)
cached = os.open("/dev/nvm0", os.O_WRONLY)
page = mmap.mmap(-1, 4096)
for n in range(first, first + 100000):
    page[:] = (b"block %d\n" % n).ljust(4096, b"%d" % (n % 10))
    # scattered: 7919 shares no factor with the 262144 blocks
    at = n * 7919 % 262144 * 4096
    if n & 1:
        os.pwrite(direct, page, at)
    else:
        os.pwrite(cached, page, at)
        os.fsync(cached)
    print("acked", n, flush=True)
PY
cat >checker <<'PY'
import os, sys
last = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDONLY)
bad = [n for n in range(last + 1) if os.pread(disk, 4096, n * 7919 % 262144 * 4096) !=
       (b"block %d\n" % n).ljust(4096, b"%d" % (n % 10))]
print("bad blocks:", bad[:20])
sys.exit(bool(bad))
PY

# put FILE: into the guest
put() { must vm_run "cat >/root/$1 <<'EOF_PUT'
$(<"$1")
EOF_PUT"; }

up()
{
	must vm_start
	must vm_run 'modprobe nvm_memmap "map=$NVM_SIZE@$NVM_SS" && modprobe nvm_pmem && settle &&
		wait_for "[ -b /dev/nvm0 ]" 10 && settle'
	put writer
	put checker
}

last=-1
for ((round = 1; round <= rounds; round++)); do
	up
	if [ "$last" -ge 0 ]; then
		must vm_run "python3 /root/checker $last" 120
		ok "round $((round - 1)): all up to $last is there"
	fi
	# it must be there, and empty, before the writer's first word
	: >acks
	vm_run "python3 /root/writer $((last + 1))" 120 >acks 2>&1 &
	writer=$!
	for ((i = 0; i < 900 && $(grep -c '^acked' acks) < 100; i++)); do sleep 0.1; done
	vm_kill
	wait "$writer"
	# a last line may be cut short
	acked=$(sed '$d' acks | sed -n 's/^acked //p' | tail -n 1)
	[ "${acked:-$last}" -ge $((last + 60)) ] || fail "only up to ${acked:-none} written: $(tail -n 3 acks)"
	last=$acked
done
up
must vm_run "python3 /root/checker $last" 120
ok "round $rounds: all up to $last is there"

# proves: after a power cut every file that was fsynced on ext4 is there, whole, in each of three rounds
# timeout: 240
# shellcheck source=tests/vm/hostlib.sh disable=SC1091,SC2016,SC2154

rounds=3
VM_PERSIST=$scratch/memory
truncate -s 1G "$VM_PERSIST"

# The writer says "acked N" once file N and its name are durable; it is what
# the host has read that must be there.
cat >writer <<'PY'
import hashlib, os, sys
where, first = sys.argv[1], int(sys.argv[2])
folder = os.open(where, os.O_RDONLY)
for n in range(first, first + 100000):
    data = hashlib.sha256(b"%d" % n).digest() * (1 + n % 700)
    fd = os.open("%s/%d" % (where, n), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)
    os.fsync(folder)
    # the oldest goes, so that blocks are used again
    if n >= 400:
        os.unlink("%s/%d" % (where, n - 400))
    print("acked", n, flush=True)
PY
cat >checker <<'PY'
import hashlib, sys
where, last = sys.argv[1], int(sys.argv[2])
bad = 0
for n in range(max(0, last - 398), last + 1):
    want = hashlib.sha256(b"%d" % n).digest() * (1 + n % 700)
    try:
        with open("%s/%d" % (where, n), "rb") as file:
            have = file.read()
    except OSError as e:
        have = str(e)
    if have != want:
        bad += 1
        print("file", n, "is", have if isinstance(have, str) else "wrong, %d bytes of %d" % (len(have), len(want)))
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
	if [ "$round" = 1 ]; then
		must vm_run 'mkfs.ext4 -q -b 4096 /dev/nvm0'
	fi
	must vm_run 'mkdir -p /mnt/a && mount -o dax=always /dev/nvm0 /mnt/a'
	if [ "$last" -ge 0 ]; then
		must vm_run "python3 /root/checker /mnt/a $last" 120
		ok "round $((round - 1)): all up to $last is there"
	fi
	# it must be there, and empty, before the writer's first word
	: >acks
	vm_run "python3 /root/writer /mnt/a $((last + 1))" 120 >acks 2>&1 &
	writer=$!
	for ((i = 0; i < 900 && $(grep -c '^acked' acks) < 60; i++)); do sleep 0.1; done
	vm_kill
	wait "$writer"
	# a last line may be cut short
	acked=$(sed '$d' acks | sed -n 's/^acked //p' | tail -n 1)
	[ "${acked:-$last}" -ge $((last + 40)) ] || fail "only up to ${acked:-none} written: $(tail -n 3 acks)"
	last=$acked
done
up
must vm_run "e2fsck -fy /dev/nvm0 >/dev/null; [ \$? -le 1 ] && e2fsck -fn /dev/nvm0 >/dev/null"
must vm_run "mkdir -p /mnt/a && mount -o dax=always /dev/nvm0 /mnt/a && python3 /root/checker /mnt/a $last" 120
ok "round $rounds: all up to $last is there"

# shellcheck shell=bash disable=SC2154
# The power is cut again and again while a writer works, and what it was told
# is durable has to be there. A test gives two programs and a few words:
#
#	writer FIRST	works from number FIRST on and says "acked N" when N is durable
#	checker LAST	all up to LAST is there? Says what is not, and in the end up to
#			which number all is; the next writer goes on from there
#	power_cuts	does the rest: 2 times, 50 times with NVM_LONG=1
#
# Programs for files on a file system and for blocks are here: durable_files and
# durable_blocks.
#
# The plan of the cuts (after how many acknowledgements, and how long after the
# last of them) is drawn from NVM_SEED. Where in the guest's work that falls
# differs from run to run all the same.
#
# The guest is booted once and saved before our modules are loaded; each round
# goes on from there. So each has a kernel that knows nothing of the rounds
# before, and the memory, in its file, is as the last cut has left it. By that a
# round takes a few seconds.
#
# shellcheck source=tests/vm/hostlib.sh disable=SC1091

VM_PERSIST=$scratch/memory
VM_CONSOLE_LOG=${VM_CONSOLE_LOG:-$scratch/console}
# shellcheck disable=SC2034 # for vm_start; loading the modules patches the kernel
VM_THREAD=single
seed=${NVM_SEED:-$(date +%s)}
files=(writer checker)
# the region, and how its ULD is loaded
element='$NVM_SIZE@$NVM_SS'
load='modprobe nvm_pmem'
times=2
[ -z "${NVM_LONG:-}" ] || times=50

# plan: sets after (acknowledgements) and delay (seconds)
plan()
{
	after=$((20 + RANDOM % 100))
	delay=0.$(printf %03d $((RANDOM % 300)))
}

# The other tests of this run take the same guest.
save_guest()
{
	local guest=$VM_WORK/power-cut

	truncate -s 1G "$VM_PERSIST"
	if [ ! -e "$guest" ]; then
		must vm_start
		must vm_save "$guest"
	fi
	# shellcheck disable=SC2034 # for vm_start
	VM_SAVED=$guest
}

# check: all up to $last is there; $last becomes what was written, heard of or not
check()
{
	local said

	said=$(vm_run "python3 /root/checker $last" 120) || fail "seed $seed, cut $cut: $said"
	ok "cut $cut: all up to $last is there, and on to $said"
	last=$said
}

# write_and_cut: from $last + 1 on; $last becomes the last that the host heard of
write_and_cut()
{
	local writer i acked

	plan
	# it must be there, and empty, before the writer's first word
	: >acks
	vm_run "python3 /root/writer $((last + 1))" 120 >acks 2>&1 &
	writer=$!
	for ((i = 0; i < 900 && $(grep -c '^acked' acks) < after; i++)); do sleep 0.1; done
	sleep "$delay"
	vm_kill
	wait "$writer"
	# a last line may be cut short
	acked=$(sed '$d' acks | sed -n 's/^acked //p' | tail -n 1)
	[ "${acked:-$last}" -ge $((last + after - 1)) ] ||
		fail "only up to ${acked:-none} written: $(tail -n 3 acks)"
	last=$acked
}

# power_cuts FIRST-COMMAND EACH-COMMAND: the commands are run in the guest
# when the disk is there, once and after each cut
power_cuts()
{
	echo "# $times cuts, NVM_SEED=$seed"
	RANDOM=$seed
	last=-1
	save_guest
	for ((cut = 0; cut <= times; cut++)); do
		must vm_start
		must vm_put "${files[@]}"
		must vm_run "$load && modprobe nvm_memmap map=$element"' && settle &&
			wait_for "[ -b /dev/nvm0 ]" 10 && settle' 150
		[ "$cut" != 0 ] || must vm_run "$1"
		must vm_run "$2"
		[ "$cut" = 0 ] || check
		[ "$cut" = "$times" ] || write_and_cut
	done
}

# durable_files: writer and checker of files on /mnt/a
durable_files()
{
	# File N and its name are durable.
	cat >writer <<'PY'
import hashlib, os, sys
where, first = "/mnt/a", int(sys.argv[1])
folder = os.open(where, os.O_RDONLY)
for name in os.listdir(where):
    if name.isdigit() and int(name) < first - 400:
        os.unlink("%s/%s" % (where, name))
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
	# File H + 1 is not there, or not whole: so only what came before it was removed.
	cat >checker <<'PY'
import hashlib, os, sys
where, last = "/mnt/a", int(sys.argv[1])
def here(n):
    try:
        with open("%s/%d" % (where, n), "rb") as file:
            return file.read() == hashlib.sha256(b"%d" % n).digest() * (1 + n % 700)
    except OSError:
        return False
high = last
while here(high + 1):
    high += 1
bad = ["file %d is not there, or not whole" % n for n in range(max(0, high - 399), high + 1) if not here(n)]
# removed, and the folder synced after it
bad += ["file %s is back" % name for name in os.listdir(where) if name.isdigit() and int(name) < last - 400]
print("\n".join(bad[:20]) or high)
sys.exit(bool(bad))
PY
}

# durable_blocks: writer and checker of blocks of /dev/nvm0
durable_blocks()
{
	# Number N is a block of its own content at a place that many numbers share,
	# one after the other.
	cat >blocks.py <<'PY'
import hashlib
PLACES = 499
def digest(n):
    return hashlib.sha256(b"%d" % n).digest()
def place(n):
    # scattered over 781 MiB: 104729 shares no factor with 200000
    return n % PLACES * 104729 % 200000 * 4096
PY
	# In turn by an O_DIRECT O_DSYNC write, or through the page cache and by fsync.
	cat >writer <<'PY'
import mmap, os, sys
from blocks import digest, place
first = int(sys.argv[1])
direct = os.open("/dev/nvm0", os.O_WRONLY | os.O_DIRECT | os.O_DSYNC)
cached = os.open("/dev/nvm0", os.O_WRONLY)
page = mmap.mmap(-1, 4096)
for n in range(first, first + 100000):
    page[:] = digest(n) * 128
    if n & 1:
        os.pwrite(direct, page, place(n))
    else:
        os.pwrite(cached, page, place(n))
        os.fsync(cached)
    print("acked", n, flush=True)
PY
	# Writes follow each other. So if the last whole one is H, all before it are
	# whole, none is older than it must be, and only H + 1 may be half written.
	cat >checker <<'PY'
import os, sys
from blocks import PLACES, digest, place
last = int(sys.argv[1])
disk = os.open("/dev/nvm0", os.O_RDONLY)
known = {digest(n): n for n in range(last + 20 * PLACES)}
known[bytes(32)] = -1
def here(p):
    block = os.pread(disk, 4096, place(p))
    return known.get(block[:32]) if block == block[:32] * 128 else None
held = [here(p) for p in range(PLACES)]
high = max([last] + [n for n in held if n is not None])
bad = []
for p in range(PLACES):
    newest = high - (high - p) % PLACES if high >= p else -1
    if held[p] != newest and p != (high + 1) % PLACES:
        bad.append("place %d holds %s, not %d" % (p, held[p], newest))
print("\n".join(bad[:20]) or high)
sys.exit(bool(bad))
PY
	files+=(blocks.py)
}

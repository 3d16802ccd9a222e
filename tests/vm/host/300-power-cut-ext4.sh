# proves: after each power cut every file that was fsynced on ext4 is there, whole, and what was removed is not
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-power-cut.sh"

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

power_cuts 'mkfs.ext4 -q -b 4096 /dev/nvm0' \
	'mkdir -p /mnt/a && mount -o dax=always /dev/nvm0 /mnt/a'
# what is left is a file system without a fault
must vm_run 'umount /mnt/a && { e2fsck -fy /dev/nvm0 >/dev/null; [ $? -le 1 ]; } && e2fsck -fn /dev/nvm0 >/dev/null'

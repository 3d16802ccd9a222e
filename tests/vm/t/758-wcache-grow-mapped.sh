# proves: the region is expanded while the character device is mapped and stored to: that mapping goes on and has what was stored, and a new one reaches the new end
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

# Stores numbers to the last 512 of 64M's pages in turn until there is a file
# stop, says how far it is, and looks whether each page has its last one. Then a
# second mapping, of the new size.
cat >stores.py <<'PY'
import mmap, os, sys
OLD, NEW = 64 << 20, 128 << 20
disk = os.open("/dev/nvmc0", os.O_RDWR)
m = mmap.mmap(disk, OLD)
m[0:16] = b"stored long ago."
n = 0
while n < 1024 or not os.path.exists("stop"):
    at = OLD - 512 * 4096 + n % 512 * 4096
    m[at:at + 16] = b"%016d" % n
    n += 1
    if n % 256 == 0:
        with open("so-far.new", "w") as f:
            f.write(str(n))
        os.rename("so-far.new", "so-far")
def look(m, which):
    if m[0:16] != b"stored long ago.":
        sys.exit("%s: the first page has %s" % (which, m[0:16]))
    for p in range(512):
        at = OLD - 512 * 4096 + p * 4096
        want = n - 1 - (n - 1 - p) % 512
        if m[at:at + 16] != b"%016d" % want:
            sys.exit("%s: page %d has %s, not %d" % (which, p, m[at:at + 16], want))
look(m, "the old mapping")
new = mmap.mmap(disk, NEW)
look(new, "the new mapping")
new[OLD:OLD + 8] = b"first of"
new[NEW - 8:NEW] = b"the last"
new.flush()
PY

# goes_on: it stores still
goes_on()
{
	wait_for "[ \$(cat so-far) -gt $(cat so-far) ]" 60
	must kill -0 $stores
}

# text_at OFFSET: eight bytes
text_at() { dd if="$DISK" bs=8 skip=$(($1 / 8)) count=1 status=none; }

options=:write_ns=20000:undo=0
wcache_up 64M$options 4
python3 stores.py &
stores=$!
at_exit eval "kill $stores 2>/dev/null; :"
wait_for '[ -e so-far ]' 60
for mib in 96 128; do
	must sysfs_write "$P/add" "${mib}M@$NVM_SS:type=2$options"
	same $((mib * MIB)) "$(blockdev --getsize64 "$DISK")" "size of the disk"
	goes_on
done
touch stop
must wait $stores
hand_to nvm_raw
same "stored l" "$(text_at 0)" "the first page on the medium"
same "first of" "$(text_at $((64 * MIB)))" "the first that is new"
same "the last" "$(text_at $((128 * MIB - 8)))" "the end"

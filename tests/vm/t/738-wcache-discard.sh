# proves: what is discarded before it was written back is not written, and the medium is told; nothing else is lost, be it that the medium refuses, that the blocks are written, read or mapped meanwhile; a file system that discards keeps its files
# kernels: either
# shellcheck source=tests/vm/t/lib-wcache.sh disable=SC2016
. /payload/t/lib-wcache.sh

# zeros FILE BLOCK BLOCKS
zeros() { dd if=/dev/zero of="$1" bs=4k seek="$2" count="$3" conv=notrunc status=none; }

wcache_up 320M:write_ns=20000:timeout=60000 32
random_file old 4
put_file old
must sync "$DISK"
random_file new 4
put_file new
same $((4 * MIB)) "$(count dirty)" "dirty before"
must blkdiscard -o 1M -l 1M "$DISK"
# parts of blocks stay
must blkdiscard -o $((3 * MIB + 512)) -l 7680 "$DISK"
same "$((3 * MIB - 4096)) 257" "$(count dirty) $(count discarded)" "dirty afterwards, discarded"
must sync "$DISK"
zeros new 256 256
zeros new 769 1
holds new || fail "other data behind the cache"
medium_holds new
hand_to nvm_wcache
# what the medium does not forget is told; nothing that is needed is lost
must turn bad_at $((2 * MIB + 200000))
must_fail EIO blkdiscard -o 2M -l 256K "$DISK"
must sync "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
must cmp -n $((2 * MIB)) new "$DISK"
must cmp -i $((2 * MIB + 262144)) -n $((2 * MIB - 262144)) new "$DISK"
# what it refused to write is not missed either, once it is forgotten
put_file new
must_fail EIO sync "$DISK"
same "4096 4096" "$(count dirty) $(count failed)" "dirty, refused"
same 1 "$(attr nvm0 badblocks | wc -l)" "badblocks"
must turn bad_at "$NOWHERE"
must blkdiscard -o 2M -l 256K "$DISK"
same "0 0" "$(count dirty) $(count failed)" "dirty, refused"
badblocks_are ""
must sync "$DISK"
zeros new 512 64
holds new || fail "other data after a block was refused"
# writes do not wait for it, reads do; what is written then comes later
must turn write_ns $((12000000000 * NVM_SCALE))
blkdiscard -o 0 -l 256K "$DISK" &
discard=$!
wait_for '[ "$(knob in_flight)" = 1 ]' 20
# a seek, as dd does one, would wait for the ioctl
cat >beside.py <<'PY'
import mmap, os, sys
disk = os.open("/dev/nvm0", os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, 4096)
def put(data, at):
    page[:len(data)] = data
    os.pwritev(disk, [memoryview(page)[:len(data)]], at)
def get(block):
    os.preadv(disk, [page], block * 4096)
    return page[:]
if sys.argv[1] == "read":
    sys.exit(get(7) != bytes(4096))
put(b"w" * 4096, 3 * 4096)
put(open("old", "rb").read(512), 41 * 512)
sys.exit(get(3) != b"w" * 4096)
PY
python3 beside.py read &
reader=$!
must python3 beside.py write
must kill -0 $reader
same 1 "$(knob in_flight)" "commands in flight"
must wait $reader
must wait $discard
must turn write_ns 20000
must sync "$DISK"
must is_block 3 w
zeros new 0 64
head -c 4096 /dev/zero | tr '\0' w | dd of=new bs=4k seek=3 conv=notrunc iflag=fullblock status=none
dd if=old of=new bs=512 count=1 seek=41 conv=notrunc status=none
holds new || fail "other data after writes beside a discard"
medium_holds new
hand_to nvm_wcache
# whoever has it mapped sees it
put_file old
must python3 - <<'PY'
import mmap, os, subprocess
fd = os.open("/dev/nvmc0", os.O_RDWR)
m = mmap.mmap(fd, 1 << 20)
want = open("old", "rb").read(1 << 20)
assert m[:] == want, "not what was written"
m[4096:4104] = b"stored.."
subprocess.check_call(["blkdiscard", "-f", "-o", "0", "-l", "512K", "/dev/nvm0"])
assert m[:1 << 19] == bytes(1 << 19), "the discarded half"
assert m[1 << 19:] == want[1 << 19:], "the other half"
m[8192:8200] = b"stored.."
m.flush()
assert m[8192:8200] == b"stored.." and m[4096:4104] == bytes(8), "what was stored afterwards"
PY
# under a file system that discards what it frees, while it is written back
put_fs_on ext4 /mnt/a discard
for n in 1 2 3 4 5 6; do
	must dd if=/dev/urandom of=/mnt/a/kept$n bs=64k count=32 status=none
	must dd if=/dev/urandom of=/mnt/a/gone$n bs=64k count=128 status=none
	sync -f /mnt/a
	must rm /mnt/a/gone$n
	must fstrim /mnt/a
done
(cd /mnt/a && sha256sum kept*) >sums
must umount /mnt/a
hand_to nvm_raw
fs_is_whole ext4
must mount -o ro "$DISK" /mnt/a
(cd /mnt/a && must sha256sum --quiet -c "$OLDPWD/sums")
must umount /mnt/a

# proves: with KASLR a range is added, used, grown and removed as without, and the limit named is that of the direct map as it is
# vm: kaslr
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# the two addresses that the kernel says it can map, as one of them is refused
limits() { sed -n 's/.*outside what this machine can map, \(0x[0-9a-f]*\)-\(0x[0-9a-f]*\).*/\1 \2/p' $P/last_error; }

at_exit nvm_unload
text=$(awk '$3 == "_text" { print $1 }' /proc/kallsyms)
[ "$text" != ffffffff81000000 ] || skip "the kernel is where it was linked to be"
diag "kernel at $text"
must modprobe nvm_memmap "map=64M@$(at 0)"
must modprobe nvm_pmem
settle
must mkfs.ext4 -q -b 4096 /dev/nvm0
must mkdir m
must mount -o dax=always /dev/nvm0 m
at_exit eval '! mountpoint -q m || umount m'
must dd if=/dev/urandom of=m/f bs=1M count=8 conv=fsync status=none
sum=$(sha256sum <m/f)
must sysfs_write $P/add "256M@$(at 0)"
must resize2fs /dev/nvm0 >/dev/null 2>&1
same "$sum" "$(sha256sum <m/f)" "the file after the expansion"
must umount m
# udev looks at what has grown
settle

must refused ERANGE add "2M@0x4000000000000" "outside what this machine can map"
read -r first last < <(limits)
diag "it can map $first to $last"
cpu=$(((1 << $(sed -n 's/^address sizes.*: \([0-9]*\) bits phys.*/\1/p' /proc/cpuinfo | head -n 1)) - 1))
[ $((last)) -lt $cpu ] || fail "not the direct map but the CPU is the limit"
# up to the end it can be had, and be claimed; 2 MiB more are too much
must sysfs_write $P/map $'\n'
end=$(printf 0x%x $(((last + 1) / (2 << 20) * (2 << 20) - (2 << 20))))
must_fail ERANGE sysfs_write $P/add "4M@$end"
must sysfs_write $P/add "2M@$end"
settle
same claimed "$(attr nvm0 state)" "state of the last 2 MiB"
must sysfs_write $P/map $'\n'
same "" "$(regions)" regions

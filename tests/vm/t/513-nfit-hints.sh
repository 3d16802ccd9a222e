# proves: a flush writes to the flush hint of each DIMM; DIMMs share a page of hints; a hint that lies is not used and said; where a hint alone makes stores durable, and only there, MAP_SYNC is refused
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

HINTS=$(at 960)
# hint OFFSET: its address; hint_at OFFSET: what stands there, nobody has it claimed
hint() { printf '0x%x' $((HINTS + $1)); }
hint_at() { nfit --peek "$(hint "$1")"; }
caps() { attr "$1" capabilities; }
claims() { grep -c 'nvm_nfit flush hints' /proc/iomem; }

A="spa:1:pmem:$(at 0):0x1000000" B="spa:2:pmem:$(at 64):0x1000000"

lab_up
for offset in 0 64; do
	must nfit --poke "$(hint $offset):0"
done
must box "$A" map:1:1:1:0 dimm:1:1 "hint:1:$(hint 0)" "$B" map:2:2:2:0 dimm:2:2 "hint:2:$(hint 64)"
no_autoload
must rmmod nvm_pmem
must bind_lab
# the driver of disks flushes what it leaves, so nvm0 is not to have one
must sysfs_write $NVM/nvm0/driver_override nobody
must modprobe nvm_pmem
settle
same 1 "$(claims)" "pages of hints"
for r in nvm0 nvm1; do
	[[ " $(caps $r) " == *" flush "* ]] || fail "$r: $(caps $r)"
	same memory_controller "$(attr $r persistence_domain)" "$r persistence domain"
done
must dd if=/dev/zero of=/dev/nvm1 bs=4096 count=1 oflag=direct conv=fsync status=none
# udev looks at what was written
settle
must unbind_lab
wait_for '[ "$(claims)" = 0 ]' 10
same 1 "$(hint_at 64)" "the hint of the DIMM that was written"
same 0 "$(hint_at 0)" "the hint of the other"
# one that is open keeps the page for itself
must bind_lab
settle
exec 7</dev/nvm0
must unbind_lab
same 1 "$(claims)" "pages of hints while open"
exec 7<&-
wait_for '[ "$(claims)" = 0 ]' 10
# lies: not an address, beyond the CPU, RAM, a region, where PCI devices are
for lie in 0x0 0x1004 0xfffffffffffff000 0x1000000 "$(at 1)" 0xe0000000; do
	must box "$A" map:1:1:1:0 dimm:1:1 "hint:1:$lie"
	must bind_lab
	settle
	expect_log "flush hint $lie of DIMM 0x1 is not used"
	[[ " $(caps nvm0) " != *" flush "* ]] || fail "$lie is used"
	same memory_controller "$(attr nvm0 persistence_domain)" "persistence domain with hint $lie"
	must unbind_lab
done
# what the platform promises, without and with a hint
for caps in 1:cpu_cache 2:memory_controller 3:cpu_cache 0:none; do
	must box "$A" map:1:1:1:0 dimm:1:1 "caps:${caps%:*}"
	must bind_lab
	settle
	same "${caps#*:}" "$(attr nvm0 persistence_domain)" "capabilities ${caps%:*}"
	must unbind_lab
done

# map_sync: may user space flush for itself
map_sync()
{
	local disk=/dev/nvm0 answer

	must mkfs.ext4 -q -b 4096 $disk
	must mkdir -p /mnt/a
	must mount -o dax=always $disk /mnt/a
	must fallocate -l 1M /mnt/a/f
	rm -f in out
	must mkfifo in out
	mapper -s /mnt/a/f 16 in out &
	exec 5<>in 6<>out
	read -r -t 30 answer <&6
	echo q >&5
	exec 5>&- 6>&-
	wait $!
	must umount /mnt/a
	settle
	echo "$answer"
}

for caps in 1:cpu_cache:mapped 2:memory_controller:mapped 0:device_cmd:EOPNOTSUPP; do
	IFS=: read -r bits domain want <<<"$caps"
	must box "$A" map:1:1:1:0 dimm:1:1 "hint:1:$(hint 0)" "caps:$bits"
	must bind_lab
	settle
	wait_for "[ -b /dev/nvm0 ]" 30
	same "$domain" "$(attr nvm0 persistence_domain)" "capabilities $bits with a hint"
	map_sync >answer
	same "$want" "$(tail -n 1 answer)" "MAP_SYNC with capabilities $bits and a hint"
	must unbind_lab
done

# proves: DIMMs that share a range are one region, whose name outlives any order of the table but no exchange of the DIMMs; one that is not armed, failed or is missing makes it read-only, by name; a flush reaches each
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

HINTS=$(at 960)
RANGE="spa:1:pmem:$(at 0):0x2000000:0"
# the parts of three DIMMs, with what the table says of each
A=map:0x10:1:1:0:0:3 B=map:0x110:1:2:0:0x1000:3 C=map:0x1010:1:3:0:0x2000:3
DIMMS="dimm:1:0x11 dimm:2:0x22 dimm:3:0x33"
DIMM_B='DIMM 0x110 (8086-0001-00000022)'
reason() { attr nvm0 read_only_reason; }

# found WORD...: with this table there is one region; sets uid
found()
{
	must box "$@"
	must bind_lab
	settle
	same nvm0 "$(regions)" "regions: $*"
	uid=$(attr nvm0 uid)
}

# named UID WORD...: it has this name with that table
named()
{
	local want=$1

	shift
	found "$@"
	same "$want" "$uid" "uid: $*"
	must unbind_lab
}

# other UID WORD...: it has not
other()
{
	local not=$1

	shift
	found "$@"
	[[ $uid == nfit-set-* && $uid != "$not" ]] || fail "uid $uid: $*"
	must unbind_lab
}

# reads REASON WORD...: it is found read-only for this reason
reads()
{
	local why=$1

	shift
	found "$@"
	same "$why" "$(reason)" "reason: $*"
	wait_for '[ -b /dev/nvm0 ]' 30
	same 1 "$(blockdev --getro /dev/nvm0)" "getro: $*"
	settle
	must unbind_lab
}

lab_up
# shellcheck disable=SC2086 # words
{
found $RANGE $A $B $C $DIMMS
set=$uid
[[ $set =~ ^nfit-set-[0-9a-f]{16}$ ]] || fail "uid $set"
same "$(at 0) $((32 << 20))" "$(attr nvm0 start) $(attr nvm0 size)" range
same NVDIMM-8086-0001 "$(attr nvm0 model)" model
same '' "$(reason)" reason
same 1 "$(grep -c ' : nvm_nfit$' /proc/iomem)" claims
wait_for "[ /dev/disk/by-id/nvm-$set -ef /dev/nvm0 ]" 30
must mkfs.ext4 -q -b 4096 /dev/nvm0
must mount -o dax=always /dev/nvm0 /mnt
at_exit eval '! mountpoint -q /mnt || umount /mnt'
must cp /payload/lib.sh /mnt
must umount /mnt
settle
must unbind_lab

# whatever comes first, and whatever number firmware gives them this time
named $set $RANGE $C $A $B dimm:3:0x33 dimm:2:0x22 dimm:1:0x11
named $set dimm:2:0x22 dimm:1:0x11 dimm:3:0x33 $B $C $A $RANGE
named $set ${RANGE/spa:1/spa:9} map:0x10:9:7:0:0:3 map:0x110:9:5:0:0x1000:3 map:0x1010:9:6:0:0x2000:3 \
	dimm:5:0x22 dimm:6:0x33 dimm:7:0x11
# other contents: two have changed places, one is another one, another cookie
other $set $RANGE map:0x10:1:2:0:0:3 map:0x110:1:1:0:0x1000:3 $C $DIMMS
other $set $RANGE $A $B $C ${DIMMS/0x33/0x34}
other $set $RANGE:77 $A $B $C $DIMMS
found $RANGE:77 $A $B $C $DIMMS
cookie=$uid
must unbind_lab
named $cookie $RANGE:77 $C $B $A $DIMMS
# the file is there, whichever order it is in
found $C $B $A $DIMMS $RANGE
wait_for '[ -b /dev/nvm0 ]' 30
must mount -o dax=always /dev/nvm0 /mnt
must cmp /payload/lib.sh /mnt/lib.sh

# one of them is not armed any more, under the mount, and is again
must event 0x80 $RANGE $A ${B/2:0:/2:8:} $C $DIMMS
wait_for '[ -n "$(reason)" ]' 10
same "$DIMM_B is not armed to save its contents" "$(reason)" "not armed"
expect_log "nvm0: .*DIMM 0x110 .* is not armed"
same 1 "$(blockdev --getro /dev/nvm0)" "getro, not armed"
must event 0x80 $RANGE $C $B $A $DIMMS
wait_for '[ -z "$(reason)" ]' 10
same 0 "$(blockdev --getro /dev/nvm0)" "getro, armed again"
# two have changed places: that is another set
must event 0x80 $RANGE map:0x10:1:2:0:0:3 map:0x110:1:1:0:0x1000:3 $C $DIMMS
expect_log "nvm0 at $(at 0) is kept, though the table now has another range there"
must umount /mnt
settle
must unbind_lab

reads "$DIMM_B is not armed to save its contents" $RANGE $A ${B/2:0:/2:8:} $C $DIMMS
reads "$DIMM_B failed to save its contents" $RANGE $C ${B/2:0:/2:1:} $A $DIMMS
reads "$DIMM_B failed to restore its contents" $RANGE ${B/2:0:/2:2:} $A $C $DIMMS
reads "$DIMM_B was not flushed at the last power loss" $RANGE ${B/2:0:/2:4:} $A $C $DIMMS
reads "2 of 3 DIMMs of the interleave set are described" $RANGE $A $C $DIMMS
# a module that says so itself
put 0x200 0104
put 0x218 10
put 0x220 "$(le 4 0)01$(le 8 0)"
reads 'DIMM 0x1 (8086-0001-00000022) says that its contents will not be saved' \
	$RANGE $A ${B/0x110/1} $C $DIMMS
no_functions

# a flush writes to the hint of each, and in a domain of hints it needs all
for offset in 0 64 128; do
	must nfit --poke "$(printf '0x%x' $((HINTS + offset))):0"
done
hints="hint:0x10:$HINTS hint:0x110:$(printf '0x%x' $((HINTS + 64))) hint:0x1010:$(printf '0x%x' $((HINTS + 128)))"
found $RANGE $A $B $C $DIMMS $hints caps:0
same device_cmd "$(attr nvm0 persistence_domain)" "domain with all hints"
wait_for '[ -b /dev/nvm0 ]' 30
must dd if=/dev/zero of=/dev/nvm0 bs=4096 count=1 oflag=direct conv=fsync status=none
settle
must unbind_lab
wait_for '! grep -q "nvm_nfit flush hints" /proc/iomem' 10
for offset in 0 64 128; do
	same 1 "$(nfit --peek "$(printf '0x%x' $((HINTS + offset)))")" "hint at $offset"
done
found $RANGE $A $B $C $DIMMS ${hints% *} caps:0
same none "$(attr nvm0 persistence_domain)" "domain with one hint less"
}
must unbind_lab

# proves: a region whose range a whole table has no longer is lost, whoever uses it, with a line; its addresses are free when the last user has let go, and if the range comes back it is taken again
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

A="spa:1:pmem:$(at 0):0x2000000" B="spa:2:pmem:$(at 64):0x2000000"
DIMMS='dimm:1:17 dimm:2:18'
claims() { grep -c ' : nvm_nfit$' /proc/iomem; }

allow_log 'EXT4-fs|Buffer I/O|JBD2'
lab_up
# shellcheck disable=SC2086 # words
{
must box "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
must bind_lab
settle
wait_for "[ -b $DISK ]" 30
settle
same "nvm0 nvm1" "$(regions | xargs)" regions
put_fs ext4 /mnt/a
must fallocate -l 4M /mnt/a/f
mapper_up /mnt/a/f 1024
same old "$(ask v)" "what was stored"
must sync -f /mnt/a
must event 0x80 "$B" map:2:2:2:0 $DIMMS
expect_log "nvm0 at $(at 0) goes: the table has nothing there any more"
expect_log 'nvm_nfit: its memory is lost'
same nvm1 "$(regions)" "regions"
same SIGBUS "$(ask r)" "a load"
same SIGBUS "$(ask w)" "a store"
same 2 "$(claims)" "claims while it is mounted"
# back while there are users: not twice
must event 0x80 "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
expect_log "range 1 at $(at 0), .* is not taken: "
same nvm1 "$(regions)" "regions"
mapper_down
umount /mnt/a
wait_for '[ "$(claims)" = 1 ]' 30
must event 0x80 "$A" map:1:1:1:0 "$B" map:2:2:2:0 $DIMMS
wait_for '[ "$(regions | wc -l)" = 2 ]' 30
settle
same "$(at 0)" "$(attr nvm0 start)" "the range that came back"
}
must unbind_lab

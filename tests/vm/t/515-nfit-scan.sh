# proves: nvmctl scan reads _FIT again: what is new is taken, news of health is told, and a table that fails is the scan's failure
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

A="spa:1:pmem:$(at 0):0x1000000" B="spa:2:pmem:$(at 64):0x1000000"

lab_up
must box "$A" map:1:1:1:0
must bind_lab
settle
same nvm0 "$(regions)" regions
must box "$A" map:1:1:1:8 "$B" map:2:2:2:0
settle
same nvm0 "$(regions)" "regions before anybody looked"
must nvmctl scan
same "nvm0 nvm1" "$(regions | xargs)" "regions"
same "DIMM 0x1 (unknown) is not armed to save its contents" "$(attr nvm0 read_only_reason)" "reason"
must box --how 2
must_fail EIO sysfs_write /sys/bus/nvm/scan 1
expect_log '_FIT failed'
must box "$A" raw:00
must_fail EINVAL sysfs_write /sys/bus/nvm/scan 1
expect_log 'scan: nvm_nfit could not look again: error -22'
same "nvm0 nvm1" "$(regions | xargs)" "regions after a table that fails"
must unbind_lab
# unbound it is not asked
before=$(seen)
must nvmctl scan
same "$before" "$(seen)" "readings when unbound"

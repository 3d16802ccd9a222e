# proves: the table of boot time counts as long as _FIT has given none, and no longer
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

lab_up
must box --how 2
must bind_lab
settle
same nfit-8086-0001-00005747 "$(cat $NVM/*/uid)" "of the static table"
same "$(at 896)" "$(cat $NVM/*/start)" start
must unbind_lab
# a table of _FIT outdates it, even one without that range
must box "spa:1:pmem:$(at 0):0x1000000"
must bind_lab
settle
same "nfit-at-$(at 0 | cut -c3-)" "$(cat $NVM/*/uid)" "of _FIT"
must event 0x80 --how 2
expect_log '_FIT failed'
settle
same 1 "$(regions | wc -l)" "regions after _FIT failed"
must unbind_lab

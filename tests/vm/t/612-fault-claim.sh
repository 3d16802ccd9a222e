# proves: each allocation in making, claiming, expanding and letting go of a region fails once: told, all as before, next try works
# kernels: debug
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

ULD=nvm_pmem
ONE="8M@$(at 0)"
TWO="16M@$(at 0)"
at_exit nvm_unload
faults_up
must modprobe nvm_pmem
must modprobe nvm_memmap
walk_claim
readd
walk_life

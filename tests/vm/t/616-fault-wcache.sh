# proves: each allocation in claiming a region of type 2, in expanding it and in letting it go fails once: told, all as before, next try works
# kernels: debug
# timeout: 240
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

ULD=nvm_wcache
ONE="8M@$(at 0):type=2:undo=0:max_transfer=32K"
TWO="16M${ONE#8M}"

at_exit nvm_unload
faults_up
must modprobe nvm_wcache cache_mb=1
must modprobe nvm_memmap
readd
same claimed "$(attr nvm0 state)" state
walk_life

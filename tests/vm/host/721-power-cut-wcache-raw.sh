# proves: after each power cut every block written with O_DSYNC or followed by fsync is on the medium behind the cache, though the device has lost its buffer
# kernels: either
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2034,SC2154
. "$here/host/lib-power-cut.sh"

element='$NVM_SIZE@$NVM_SS:type=2:write_ns=20000:buffer=1M:lose=1'
load='modprobe nvm_wcache cache_mb=8'
durable_blocks
power_cuts true true

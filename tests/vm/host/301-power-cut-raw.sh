# proves: after each power cut every block written with O_DSYNC or followed by fsync is on the disk, and none is older or half written but the one in flight
# kernels: either
# timeout: 600
# long-timeout: 7200
# shellcheck source=tests/vm/host/lib-power-cut.sh disable=SC1091,SC2016,SC2154
. "$here/host/lib-power-cut.sh"

durable_blocks
power_cuts true true

# proves: everything against everything, on four CPUs: no report, all comes to rest and goes
# kernels: debug
# long-timeout: 1200
# vm: cpus
# shellcheck source=tests/vm/t/lib-race.sh
. /payload/t/lib-race.sh

race_all 8

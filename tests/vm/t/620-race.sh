# proves: everything against everything, on two CPUs: no report, all comes to rest and goes
# kernels: debug
# long-timeout: 1200
# shellcheck source=tests/vm/t/lib-race.sh
. /payload/t/lib-race.sh

race_all 4

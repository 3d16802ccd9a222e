# proves: xfs under a mount, a mapping and open files survives its driver being unbound, and with the last user all is released
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

forced_removal xfs unbind

# proves: nvmctl list shows the regions of the kernel, also as JSON, and addresses to root only
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap "map=4M@$(at 0),8M@$(at 16):ro=1:uid=second"
settle
must nvmctl list --json >json
must python3 -IS - json "$NVM_SS" <<'PY'
import json, sys
first, second = json.load(open(sys.argv[1]))
want = {"name": "nvm0", "uid": "memmap-%x" % int(sys.argv[2], 0), "type": 1, "size": 4 << 20,
        "start": int(sys.argv[2], 0), "lld": "nvm_memmap", "uld": "nvm_pmem", "disk": "nvm0",
        "users": 0, "state": "claimed", "read_only": False, "persistence_domain": "none",
        "capabilities": ["clear_poison", "dax", "grow"], "declined": [], "badblocks": []}
for key, value in want.items():
    assert first[key] == value, (key, first[key], value)
assert (second["uid"], second["read_only"], second["size"]) == ("second", True, 8 << 20), second
assert second["read_only_reason"], second
assert "/dev/disk/by-id/nvm-second" in second["links"], second
PY
must nvmctl list >table
grep -q "^nvm1 *second .*nvm_memmap" table || fail "uid: $(cat table)"
grep -q '^nvm0 .*nvm_memmap .*nvm_pmem .*claimed .*ok' table || fail "table: $(cat table)"
must_fail "no such region" nvmctl list nvm7
# another than root is not shown addresses, rather than wrong ones
setpriv --reuid=65534 --regid=65534 --clear-groups nvmctl list --json >json
must python3 -IS - json <<'PY'
import json, sys
assert [r["start"] for r in json.load(open(sys.argv[1]))] == [None, None]
PY
must_fail "only root may read where regions start" \
	setpriv --reuid=65534 --regid=65534 --clear-groups nvmctl list "$NVM_SS"

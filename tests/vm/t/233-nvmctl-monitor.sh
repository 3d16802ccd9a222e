# proves: nvmctl monitor shows the kernel's events of regions and their disks, as lines and as JSON
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_pmem
must modprobe nvm_memmap
# listening FILE OPTION...: nvmctl monitor, when it hears
listening()
{
	local out=$1

	shift
	nvmctl monitor "$@" >"$out" 2>"$out.err" &
	monitor=$!
	at_exit eval "kill $monitor 2>/dev/null"
	# family 15 is the uevents', the third column whose the socket is
	wait_for "awk '\$2 == 15 && \$3 == $monitor { found = 1 } END { exit !found }' /proc/net/netlink" 30
}
# in_order FILE RE...: lines that match come in this order
in_order()
{
	local out=$1 re n=0 at

	shift
	for re; do
		at=$(awk -v n="$n" -v re="$re" 'NR > n && $0 ~ re { print NR; exit }' "$out")
		[ -n "$at" ] || fail "no '$re' after line $n of: $(cat "$out")"
		n=$at
	done
}

listening lines
must sysfs_write $P/add "4M@$(at 0):uid=red"
settle
must sysfs_write $P/add "8M@$(at 0):uid=red"
wait_for 'grep -q " nvm0 expanded " lines' 30
settle
must sysfs_write $P/remove "8M@$(at 0)"
wait_for 'grep -q " nvm0 remove " lines' 30
kill "$monitor"
in_order lines ' nvm0 add uid=red lld=nvm_memmap' ' nvm0 disk add' \
	' nvm0 claimed uid=red lld=nvm_memmap driver=nvm_pmem' ' nvm0 expanded ' ' nvm0 disk remove' \
	' nvm0 released ' ' nvm0 remove uid=red'
grep -q ' nvm0 disk resize' lines || fail "no resize of the disk: $(cat lines)"
same '' "$(cat lines.err)" 'standard error'

# and ends by itself
listening json --json --count 1 blue
must sysfs_write $P/add "4M@$(at 0):uid=red,4M@$(at 16):uid=blue"
settle
must wait "$monitor"
must python3 -IS - <<'PY'
import json
(line,) = open("json").read().splitlines()
event = json.loads(line)
assert event["time"] > 0 and event["sequence"] > 0, event
want = {"subsystem": "nvm", "action": "add", "event": "add", "uid": "blue", "type": 1, "lld": "nvm_memmap"}
for key, value in want.items():
    assert event[key] == value, (key, event)
PY

# proves: each flush and each clearing of poison that fails reaches its writer, and only that one
# kernels: debug
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

TIMES=6

# outcomes CMD: of CMD 0, CMD 1, ... up to TIMES: EIO or ok
outcomes()
{
	local i out

	for ((i = 0; i < TIMES; i++)); do
		if out=$("$1" $i 2>&1); then
			echo ok
		elif [[ $out == *Input/output* ]]; then
			echo EIO
		else
			echo "$out"
		fi
	done
}

# only N: the outcomes where the N-th fails
only()
{
	local i

	for ((i = 1; i <= TIMES; i++)); do
		[ "$i" = "$1" ] && echo EIO || echo ok
	done
}

# flushes_of CMD: of one call
flushes_of()
{
	local before

	before=$(<$FAKE/flushes)
	must "$1" 0
	echo $(($(<$FAKE/flushes) - before))
}

synced() { dd if=/dev/zero of="$DISK" bs=4k seek="$1" count=1 oflag=direct,dsync conv=notrunc,nocreat status=none; }
flushed() { dd if=/dev/null of="$DISK" conv=fsync,notrunc,nocreat status=none; }
# 4 MiB apart, so that the list holds each by itself
cured() { write_at $(($1 * 4 * MIB)) 4096; }
lines() { seq -f '%.0f 8' 0 8192 $(((TIMES - 1) * 8192)); }

fake_up 64M 3
udevd_stop
# a write with FUA, which a flush follows; and a flush alone
for op in synced flushed; do
	each=$(flushes_of $op)
	[ "$each" -gt 0 ] || fail "$op: no flush"
	for ((n = 1; n <= TIMES * each + 1; n++)); do
		must fake flushes a 5 $n
		same "$(only $(((n + each - 1) / each)))" "$(outcomes $op)" "$op, flush $n fails"
	done
	must fake flushes a 0
done
for ((n = 1; n <= TIMES + 1; n++)); do
	for ((i = 0; i < TIMES; i++)); do
		must fake poison a $((i * 4 * MIB)) 4096
	done
	badblocks_are "$(lines)"
	must fake clears a 5 $n
	same "$(only $n)" "$(outcomes cured)" "write, clearing $n fails"
	must fake clears a 0
	[ $n -le $TIMES ] || break
	# what could not be cleared is still known as bad, and is when it can be
	badblocks_are "$(((n - 1) * 8192)) 8"
	must cured $((n - 1))
	badblocks_are
done
badblocks_are
# who takes it away is told, and it stays
must fake flushes a 5 1
must_fail EIO fake remove a
same claimed "$(<$REGION/state)" "state"
must fake remove a
nothing_left

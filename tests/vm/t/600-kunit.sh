# proves: KUnit inside the kernel: claiming, region life cycle, removal, disks, resize, commands
# kernels: debug
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

# the suites open and count; nobody else may look at their disks
udevd_stop
at_exit nvm_unload
must modprobe nvm_kunit
for suite in kit claim region removal disk resize command; do
	results=/sys/kernel/debug/kunit/nvm_$suite/results
	[ -r "$results" ] || fail "no suite nvm_$suite"
	if grep -E '^ *not ok' "$results"; then
		cat "$results"
		fail "nvm_$suite: see above"
	fi
	# "ok 1 nvm_claim" ends it, the cases stand indented before
	grep -qE "^ok [0-9]+ nvm_$suite\$" "$results" || fail "nvm_$suite did not end"
	cases=$(grep -cE '^ +ok ' "$results")
	[ "$cases" -gt 0 ] || fail "nvm_$suite: no case was run"
	! grep -E '# SKIP' "$results" || fail "nvm_$suite: skipped"
	diag "nvm_$suite: $cases cases"
done
must modprobe -r nvm_kunit
same "" "$(regions)" "regions left"

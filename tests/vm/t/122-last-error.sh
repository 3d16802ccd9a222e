# proves: last_error is the line of the last refusal, and a success clears it
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap
same "" "$(cat $P/last_error)" "last_error after loading"
for param in map add remove; do
	# compares it with the line in the log
	must refused EINVAL $param "3M@$(at 0)" "nvm_memmap: $param: 3M@$(at 0): "
done
must refused ENOENT remove "2M@$(at 0)" "nvm_memmap: remove: 2M@$(at 0): no device"
must sysfs_write $P/add "4M@$(at 0)"
same "" "$(cat $P/last_error)" "last_error after an add"
settle
must refused EINVAL map oops
same 1 "$(wc -l <$P/last_error)" "lines of last_error"
must sysfs_write $P/map "4M@$(at 0)"
same "" "$(cat $P/last_error)" "last_error after a map without effect"
settle
must refused EINVAL map oops
must sysfs_write $P/remove "4M@$(at 0)"
same "" "$(cat $P/last_error)" "last_error after a remove"
must_fail - sysfs_write $P/last_error mine
same "" "$(cat $P/last_error)" "last_error after a write to it"
# the longest there is, cut but one line
must refused EINVAL map "$(printf '%04000d' 0)@x" "0000..."
must rmmod nvm_memmap
must_fail - modprobe nvm_memmap map=oops
must_fail - modprobe nvm_memmap last_error=mine

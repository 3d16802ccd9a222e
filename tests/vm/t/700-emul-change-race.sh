# proves: a change of a device's limits against claims and lists at the same time: a driver that has the device sees those that its disk was made with
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh
. /payload/t/lib-emul.sh

# changes: write_unit back and forth, and what became of it
changes()
{
	local unit made=0 busy=0

	while [ ! -e stop ]; do
		for unit in 512 4096; do
			if turn write_unit $unit 2>/dev/null; then
				made=$((made + 1))
			else
				busy=$((busy + 1))
			fi
		done
		echo "$made $busy" >changed.new
		mv changed.new changed
	done
}

# lists: a second device comes and goes; what map shows may be old when it is written
lists()
{
	while [ ! -e stop ]; do
		sysfs_write "$P/add" "4M@$(at 512)" 2>/dev/null
		sysfs_write "$P/map" "$(attr nvm0 element)" 2>/dev/null
	done
}

emul_up 16M:write_ns=1000:undo=0
must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
echo 0 0 >changed
changes &
lists &
at_exit eval "touch stop; wait"
made=0 busy=0 n=0
while [ "$made" -lt 10 ] || [ "$busy" -lt 10 ] || [ "$n" -lt 10 ]; do
	# udev may still look at the former disk
	if ! sysfs_write "$BUS/drivers/nvm_raw/bind" nvm0 2>/dev/null; then
		continue
	fi
	n=$((n + 1))
	same "$(cat /sys/block/nvm0/queue/logical_block_size)" "$(knob write_unit)" "sector, write unit"
	case $(knob write_unit):$(attr nvm0 element) in
	512:*:write_unit=512:*) ;;
	4096:*:write_unit=*) fail "element: $(attr nvm0 element)" ;;
	4096:*) ;;
	*) fail "write_unit is $(knob write_unit), of $(attr nvm0 element)" ;;
	esac
	must sysfs_write "$BUS/drivers/nvm_raw/unbind" nvm0
	read -r made busy <changed
done
touch stop
wait
diag "$n claims, $made changes, $busy refused"
settle

# proves: each documented attribute is there in its form, and no other is
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_fake
must modprobe nvm_memmap "map=4M@$(at 0):ro=1"
must sysfs_write $FAKE "add fake-1 $((4 << 20)) $(at 16) 3"
settle

# form REGION NAME REGEX: what it reads as, all of it
form()
{
	local have

	have=$(cat "$BUS/devices/$1/$2" && echo .) || fail "$1/$2 cannot be read"
	[[ $have =~ ^$3.$ ]] || fail "$1/$2 reads '$have', should be $3"
}

nl=$'\n'
declare -A forms=(
	[type]="1$nl" [uid]="[A-Za-z0-9._:-]{1,64}$nl" [model]="[A-Za-z0-9._:-]{1,64}$nl"
	[size]="4194304$nl" [start]="0x[0-9a-f]+$nl" [numa_node]="(-1|[0-9]+)$nl"
	[lld]="nvm_(memmap|fake)$nl" [uld]="nvm_pmem$nl" [disk]="nvm[01]$nl" [users]="0$nl"
	[state]="claimed$nl" [read_only]="[01]$nl" [read_only_reason]="[^$nl]*$nl"
	[persistence_domain]="(none|memory_controller|cpu_cache|device_cmd)$nl"
	[capabilities]="([a-z_]+( [a-z_]+)*)?$nl" [modalias]="nvm:t1c[0-9a-f]{16}$nl"
	[declined]="([a-z_]+: [^$nl]+$nl)*" [driver_override]="$nl" [badblocks]="([0-9]+ [0-9]+$nl)*"
)
for name in "${!forms[@]}"; do
	form nvm0 "$name" "${forms[$name]}"
	form nvm1 "$name" "${forms[$name]}"
done
# nvm_memmap's own
form nvm0 element "[0-9]+[KMG]?@0x[0-9a-f]+:ro=1$nl"
same "0x$(printf %x "$NVM_SS") none 1" \
	"$(attr nvm0 start) $(attr nvm0 persistence_domain) $(attr nvm0 read_only)" "start, domain, read_only of nvm0"
same "$(at 16) device_cmd 0 flush clear_poison dax" \
	"$(attr nvm1 start) $(attr nvm1 persistence_domain) $(attr nvm1 read_only) $(attr nvm1 capabilities)" \
	"start, domain, read_only, capabilities of nvm1"
[[ $(cat $BUS/events) =~ ^[0-9]+$ ]] || fail "events reads $(cat $BUS/events)"
# nothing that is not documented; "block" and these are the driver core's
for dir in "$BUS"/devices/nvm0/*; do
	name=${dir##*/}
	case $name in block | dax | driver | element | power | subsystem | uevent) continue ;; esac
	[ -n "${forms[$name]+y}" ] || fail "$name is not documented"
done
for name in "$BUS"/*; do
	case ${name##*/} in
	devices | drivers | drivers_autoprobe | drivers_probe | uevent | events | flush | scan) ;;
	*) fail "$name is not documented" ;;
	esac
done
for name in $BUS/{events,flush} $P/{map,add,remove,last_error}; do
	[ -f "$name" ] || fail "$name is not there"
done
same 4 "$(find $P -type f | wc -l)" "number of parameters"
# only one can be written
same driver_override "$(find $BUS/devices/nvm0/ -maxdepth 1 -type f -perm /222 ! -name uevent -printf '%f\n')" \
	"what can be written"
same 200 "$(stat -c %a $BUS/flush)" "mode of flush"
for bad in 0 x 2; do
	must_fail EINVAL sysfs_write $BUS/flush "$bad"
done

# proves: an impossible descriptor is refused with EINVAL and its reason, and leaves nothing
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

declare -A why=(
	[no-ops]='no release op' [no-release]='no release op'
	[no-uid]='uid is not' [bad-uid]='uid is not' [long-uid]='uid is not'
	[no-size]='size is not a multiple' [unaligned]='not aligned to 2 MiB' [wrap]='wraps'
	[type0]='type is unknown' [type9]='type is unknown'
	[sizes-differ]='mapped in part only' [bad-cap]='unknown capability'
	[cap-no-op]='without the op' [bad-pdomain]='persistence domain is unknown'
	[no-flush]='has no flush' [bad-node]='NUMA node is not online'
	[dax-wc]='only write-back' [t1-windows]='only a windowed region'
	[t1-submit]='only types 2 and 4' [t2-no-submit]='both submit and abort'
	[t2-unit0]='write unit' [t2-unit3]='write unit' [t2-erase]='erase unit'
	[t2-busy3]='busy unit' [t2-busy-less]='busy unit'
	[t2-transfer]='largest transfer' [t2-depth]='queue depth' [t2-timeout]='time-out'
	[t3-no-windows]='has no windows' [t3-no-op]='cannot move its windows'
	[t3-many]='more than 64 windows' [t3-unequal]='differ in size'
	[t3-mem]='mapped by its windows only' [t4-no-flash]='not its pmem and its flash'
	[t4-sum]='not its pmem and its flash'
)
at_exit nvm_unload
must modprobe nvm_fake
kinds=("${!why[@]}")
for kind in "${kinds[@]}"; do
	out=$({ printf '%s' "desc $kind" >$FAKE; } 2>&1) && fail "$kind was taken"
	[[ $out == *"Invalid argument"* ]] || fail "$kind: $out"
	same "" "$(regions)" "regions after $kind"
done
# a line each, in this order
mapfile -t lines < <(dmesg_since | grep ' bytes refused: ')
same ${#kinds[@]} ${#lines[@]} "number of lines"
for i in "${!kinds[@]}"; do
	[[ ${lines[i]} == *"nvm_fake"*" refused: "*"${why[${kinds[i]}]}"* ]] ||
		fail "${kinds[i]}: '${lines[i]}', should have '${why[${kinds[i]}]}'"
done
# the list here has all that nvm_fake has
must_fail ENOENT sysfs_write $FAKE "desc none-such"
same "$(grep -aoP '(?<=\0)t[1-4]-[a-z0-9-]+(?=\0)' "$(modinfo -n nvm_fake)" | sort -u)" \
	"$(printf '%s\n' "${kinds[@]}" | grep '^t[1-4]-' | sort)" kinds
# numbers and uids were given back
must sysfs_write $FAKE "add fake-nonsense $((4 << 20)) $(at 0)"
same nvm0 "$(regions)" "the next region"
settle

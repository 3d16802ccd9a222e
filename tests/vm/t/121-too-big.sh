# proves: a value of a page or more is E2BIG, and nothing of it is read
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
# value BYTES: a good list that is so long because of blanks
value() { printf '%-*s' "$1" "4M@$(at 8)"; }

for bytes in 4096 4097 5000 8191 70000; do
	value $bytes >long
	same $bytes "$(stat -c %s long)" bytes
	for param in map add remove; do
		must refused E2BIG $param -f long "4096 bytes or more" "add="
	done
done
# cut in the middle of a list the rest would be another list
{ value 4090; printf ',2M@%s' "$(at 16)"; } >long
must refused E2BIG map -f long
must sysfs_write $P/map "$(value 4095)"
same "4M@$(at 8)" "$(cat $P/map)" map
settle

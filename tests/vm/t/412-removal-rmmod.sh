# proves: rmmod of LLD, ULD and core is refused while a disk is open, and works the moment it is closed
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

memmap_up 64M
exec 4<"$DISK"
at_exit eval 'exec 4>&-'
for m in nvm_memmap nvm_pmem nvm_core; do
	must_fail - rmmod $m
done
must read_at 0 4096
exec 4<&-
settle
must rmmod nvm_pmem
same unclaimed "$(<$REGION/state)" "state without a ULD"
must rmmod nvm_memmap
must rmmod nvm_core
nothing_left

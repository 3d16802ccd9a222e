# proves: each allocation while modules are loaded and unloaded fails once: told, nothing left, next try works
# kernels: debug
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

LIST="4M@$(at 0),4M@$(at 8)"
unload() { same "ok 0" "$(fail-nth 0 unload "$1")" "unload $1"; }
core_load() { fail-nth "$1" load "$KO/nvm_core.ko" ""; }
core_unload() { unload nvm_core; }
pmem_load() { fail-nth "$1" load "$KO/nvm_pmem.ko" ""; }
pmem_unload() { unload nvm_pmem; }
memmap_load() { fail-nth "$1" load "$KO/nvm_memmap.ko" "map=$LIST"; }
memmap_unload() { must sysfs_write "$BUS/flush" 1; unload nvm_memmap; }
again() { same "ok 0" "$(memmap_load 0)" "load nvm_memmap"; must sysfs_write "$BUS/flush" 1; }
memmap_gone() { fail-nth "$1" unload nvm_memmap; }
pmem_gone() { fail-nth "$1" unload nvm_pmem; }
pmem_again() { same "ok 0" "$(pmem_load 0)" "load nvm_pmem"; must sysfs_write "$BUS/flush" 1; }

at_exit nvm_unload
faults_up
# bus_register() takes a lock class back on its way out that it never made
allow_log 'WARNING: .* lockdep_unregister_key\+'
walk "load nvm_core" core_load core_unload "ENOMEM" 'nvm: there is no bus'
same "ok 0" "$(core_load 0)" "load nvm_core"
# the others begin from there, and are gone again; what finds nothing on this machine
# still registers all it has
walk_module()
{
	NAME=$1
	walk "load $NAME" name_load name_unload "ENOMEM EINVAL"
}
name_load() { fail-nth "$1" load "$KO/$NAME.ko" ""; }
name_unload() { unload "$NAME"; }
for module in nvm_nfit nvm_pci nvm_ddr3_e820 nvm_ddr3_smbus nvm_wcache; do
	# what it needs stays
	must modprobe $module
	must rmmod $module
	walk_module $module
done
must rmmod nvm_ddr3 nvm_cache
# EINVAL is the driver core's word where it cannot make a folder
walk "load nvm_pmem" pmem_load pmem_unload "ENOMEM EINVAL" 'nvm: ULD nvm_pmem cannot'
walk "load nvm_memmap, nobody claims" memmap_load memmap_unload "ENOMEM" 'nvm_memmap: '
same "ok 0" "$(pmem_load 0)" "load nvm_pmem"
walk "load nvm_memmap" memmap_load memmap_unload "ENOMEM" 'nvm_memmap: '
again
# what goes cannot fail
walk "unload nvm_memmap" memmap_gone again ""
walk "unload nvm_pmem" pmem_gone pmem_again ""
[ "$TOLD" -gt 0 ] || fail "no failure was told"

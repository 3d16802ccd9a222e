# proves: built in, a region of type 2 is claimed by nvm_wcache when user space begins, with its parameter from the command line, and keeps what is written and flushed; nvm_nfit and nvm_pci are there beside it
# kernels: debug
# shellcheck source=tests/vm/host/lib-built-in.sh
. "$VM_HERE/host/lib-built-in.sh"

user_space root <<'INIT'
say "uld $(cat $BUS/devices/nvm0/uld)"
say "cache_mb $(cat /sys/module/nvm_wcache/parameters/cache_mb)"
say "drivers $(ls /sys/bus/acpi/drivers | grep -cx nvm_nfit) $(ls /sys/bus/pci/drivers | grep -cx nvm_pci)"
dd if=/bin/busybox of=/dev/nvm0 bs=64k count=8 conv=fsync 2>/dev/null && say "written"
say "dirty $(cat $BUS/devices/nvm0/cache/dirty)"
echo 3 >/proc/sys/vm/drop_caches
dd if=/bin/busybox bs=64k count=8 2>/dev/null | busybox md5sum >/tmp.1
dd if=/dev/nvm0 bs=64k count=8 2>/dev/null | busybox md5sum >/tmp.2
busybox cmp -s /tmp.1 /tmp.2 && say "the same"
taken map ''
say "left $(ls $BUS/devices | grep -c .)"
INIT
(cd root && find . | cpio -o -H newc --quiet) >initrd
boot_built_in "nvm_memmap.map=64M@$(at 0):type=2:write_ns=1000 nvm_wcache.cache_mb=8" -initrd initrd
found "uld nvm_wcache"
found "cache_mb 8"
found "drivers 1 1"
found "written"
found "dirty 0"
found "the same"
found "left 0"

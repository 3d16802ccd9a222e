# proves: no allocation of ours is on the way of open, I/O, a DAX fault, poison and attributes; each in a change of health or driver_override fails once
# kernels: debug
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

nothing() { :; }
disk_open() { fail-nth "$1" open "$DISK"; }
disk_read() { fail-nth "$1" pread "$DISK" $MIB; }
disk_write() { fail-nth "$1" pwrite "$DISK" $MIB; }
poison() { fail-nth "$1" write "$FAKE/cmd" "poison a $MIB 4096"; }
latent() { fail-nth "$1" write $DEBUG/nvm/nvm0/latent_poison "$MIB 4096"; }
no_latent() { echo "0 0" >$DEBUG/nvm/nvm0/latent_poison; }
cure() { same "ok 0" "$(fail-nth 0 pwrite "$DISK" $MIB)" "write"; badblocks_are; }
spoil() { same "ok 0" "$(poison 0)" "poison"; }
health() { fail-nth "$1" write "$FAKE/cmd" "ro a worn"; }
armed() { same "ok 0" "$(fail-nth 0 write "$FAKE/cmd" "armed a")" "armed"; }
override() { fail-nth "$1" write $REGION/driver_override nvm_pmem; }
no_override() { same "ok 0" "$(fail-nth 0 write $REGION/driver_override $'\n')" "no override"; }
attribute() { fail-nth "$1" read "$REGION/$ATTRIBUTE"; }
touch_file() { fail-nth "$1" fault /mnt/a/f 0; }
unmap() { echo 3 >/proc/sys/vm/drop_caches; }

fake_up 64M
faults_up
nothing_fails "open" disk_open nothing
nothing_fails "read" disk_read nothing
nothing_fails "write" disk_write nothing
nothing_fails "report poison" poison cure
spoil
nothing_fails "write poison" disk_write spoil
cure
nothing_fails "latent poison" latent no_latent
walk "health" health armed "ENOMEM"
walk "driver_override" override no_override "ENOMEM"
for ATTRIBUTE in badblocks declined capabilities uid; do
	nothing_fails "read $ATTRIBUTE" attribute nothing
done
put_fs ext4 /mnt/a
must fallocate -l 1M /mnt/a/f
nothing_fails "DAX fault" touch_file unmap
must umount /mnt/a

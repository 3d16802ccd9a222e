# proves: unbound under a mounted ext4 nvm_wcache has all files on the medium, synced or not, and the file system is found again
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

unbound_mounted ext4

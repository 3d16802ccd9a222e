# proves: files on ext4 behind a cache far smaller than they are what was written, through all ways to write them, before and after an unmount, and the file system is whole
# timeout: 240
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fs_traffic ext4

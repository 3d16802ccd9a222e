# proves: files on xfs behind a cache far smaller than they are what was written, through all ways to write, cut, punch and move what is in them, before and after an unmount, and the file system is whole
# long-timeout: 1200
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

fs_traffic xfs

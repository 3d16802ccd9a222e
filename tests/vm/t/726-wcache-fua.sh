# proves: each write with FUA, and each followed by fsync, that was acknowledged before a power cut is on the medium, also of a device that loses its buffer
# shellcheck source=tests/vm/t/lib-wcache.sh
. /payload/t/lib-wcache.sh

round()
{
	local dev=64M:write_ns=20000:timeout=500:buffer=1M:lose=1

	wcache_up $dev 16
	numbers_up "$1"
	numbers_reach "$2"
	power_cut $dev
	numbers_are_there
	must nvm_unload
	ok "$1"
}

round O_DSYNC 200
round O_SYNC 700

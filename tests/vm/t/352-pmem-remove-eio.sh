# proves: nvm_pmem whose flush fails is not removed politely: EIO, it stays and can be used; it goes once the flush works
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M 3
must dd if=/dev/urandom of=$DISK bs=4k count=1 oflag=direct status=none
sum=$(head -c 4096 $DISK | sha256sum)
settle
must fake flushes a 5
must_fail EIO fake remove a
same nvm0 "$(regions)" regions
same "claimed nvm_pmem" "$(<$REGION/state) $(<$REGION/uld)" "state and ULD"
same "$sum" "$(head -c 4096 $DISK | sha256sum)" "what is on it"
exec 7<$DISK
must_fail EBUSY fake remove a
exec 7<&-
settle
must fake flushes a 0
must fake remove a
nothing_left

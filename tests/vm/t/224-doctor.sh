# proves: nvmctl doctor tells on the real machine what can be used, what not and whose it is, and its verdict on a range is what "add" then does
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

hex() { printf '0x%x' "$1"; }

# doctor [ARGUMENT...]: into the file out; 1: there are problems
doctor()
{
	nvmctl doctor "$@" >out 2>&1
	DOCTOR=$?
	if [ $DOCTOR -gt 1 ] || grep -q Traceback out; then
		fail "doctor $*: $(cat out)"
	fi
}

# says RE...: each is in what it said
says()
{
	local re

	for re; do
		grep -qE -- "$re" out || fail "doctor says nothing of '$re': $(cat out)"
	done
}

# accepted ELEMENT, refused_with ERRNO ELEMENT: doctor's word, then the kernel's
accepted()
{
	doctor "$1"
	same 0 $DOCTOR "exit code for $1: $(cat out)"
	says "^$1 would be accepted"
	must sysfs_write $P/add "$1"
	settle
}

refused_with()
{
	doctor "$2"
	same 1 $DOCTOR "exit code for $2"
	says "^$2 would be refused" "refused \($1\)"
	must_fail "$1" sysfs_write $P/add "$2"
}

at_exit nvm_unload
must modprobe nvm_memmap
must modprobe nvm_fake
end=$((NVM_SS + $(numfmt --from=iec "$NVM_SIZE")))
# the reserved range, and the line that adds it
doctor
same 0 $DOCTOR "exit code: $(cat out)"
says "\[$(hex "$NVM_SS")-$(hex $((end - 1)))\] is RAM reserved by memmap="
line=$(sed -n 's/^ *nvmctl add //p' out)
same "$NVM_SIZE@$(hex "$NVM_SS")" "$line" "the line to add it"
accepted "$line"
doctor
same 0 $DOCTOR "exit code: $(cat out)"
! grep 'RAM reserved by' out || fail "it is free no more"
# what is there is left alone, and is not to be cut
accepted "$line"
refused_with EINVAL "512M@$(at 0)"
refused_with EEXIST "64M@$(at 64)"
must sysfs_write $P/remove "$line"
settle
# in the middle, then expanded
accepted "64M@$(at 64)"
accepted "128M@$(at 64)"
same $((128 << 20)) "$(attr nvm0 size)" "size after the expansion"
refused_with EEXIST "64M@$(at 96)"
says "it overlaps the region 128M@$(at 64)"
refused_with EEXIST "64M@$(at 32):uid=other"
# another LLD's
must sysfs_write $FAKE "add fake-1 $((64 << 20)) $(at 512)"
settle
refused_with EBUSY "64M@$(at 512)"
says "it overlaps nvm1, found by nvm_fake" "belongs to nvm_fake"
refused_with EBUSY "64M@$(at 480)"
refused_with EBUSY "512M@$(at 64)"
# RAM: the line that would reserve it is for the next boot
refused_with EBUSY "4M@$(hex $((NVM_SS - (4 << 20))))"
says "is RAM in use by the kernel.*refused \(EBUSY\)" 'memmap=nn\$ss'
refused_with EBUSY "4M@0x1000000"
refused_with EBUSY "8M@$(hex $((NVM_SS - (4 << 20))))"
# a device's, and no shape
refused_with EBUSY "2M@0xb0000000"
refused_with EINVAL "3M@$(at 0)"
refused_with EINVAL "4M@$(hex $((NVM_SS + 4096)))"
# beyond any address
refused_with ERANGE "4M@$(hex $((1 << 60)))"
refused_with ERANGE "4M@$(hex $((1 << $(sed -n 's/^address sizes.*: \([0-9]*\) bits phys.*/\1/p' /proc/cpuinfo | head -n 1))))"
must nvmctl remove nvm0
settle
same nvm1 "$(regions)" "regions left"

# proves: read_ns makes each copy out of a type-2 device take so long at least; where nobody has any, copies do not even look for it
# kernels: either
# shellcheck source=tests/vm/t/lib-emul.sh
. /payload/t/lib-emul.sh

DEBUGFS=/sys/kernel/debug/nvm

# injects N: so many reasons to look
injects() { same "$1" "$(cat $DEBUGFS/injections)" "injections"; }

# copies: 2048 of them, a page each
copies() { dd if=$DISK of=/dev/null bs=1M count=8 iflag=direct status=none; }

emul_up 64M:write_ns=1000
injects 0
must put_block 0 o 2048
must turn read_ns 1000000
injects 1
# a millisecond each; without, some tens of them all in all
takes 2040 copies
must is_block 0 o 16
same "64M@$(at 0):type=2:write_ns=1000" "$(cat "$P/map")" map
must_fail EINVAL turn read_ns 1000001
expect_log 'emulation/read_ns is from 0 to 1000000'
# with poison beside it, each ends by itself
must sysfs_write "$DEBUGFS/nvm0/latent_poison" "4096 4096"
injects 2
must turn read_ns 700
injects 2
must turn read_ns 0
injects 1
must_fail - is_block 0 o 2
must sysfs_write "$DEBUGFS/nvm0/latent_poison" "0 0"
injects 0
# as an option, and it goes with its device
must sysfs_write "$P/remove" "64M@$NVM_SS"
emul_add 64M:write_ns=1000:read_ns=1000000
same "64M@$(at 0):type=2:write_ns=1000:read_ns=1000000" "$(cat "$P/map")" map
same 1000000 "$(knob read_ns)" read_ns
injects 1
takes 2040 copies
must sysfs_write "$P/remove" "64M@$NVM_SS"
injects 0

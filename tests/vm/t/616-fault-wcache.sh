# proves: each allocation in claiming a region of type 2, in expanding it and in letting it go fails once: told, all as before, next try works
# kernels: debug
# timeout: 240
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

ONE="8M@$(at 0):type=2:undo=0:max_transfer=32K"
TWO="16M${ONE#8M}"
put() { fail-nth "$1" write "$P/$2" "$3"; }
bind() { fail-nth "$1" write "$BUS/drivers/nvm_wcache/bind" nvm0; }
unbind() { fail-nth "$1" write "$BUS/drivers/nvm_wcache/unbind" nvm0; }
bound() { same "ok 0" "$(bind 0)" "bind"; }
unbound() { same "ok 0" "$(unbind 0)" "unbind"; }
expand() { put "$1" add "$TWO"; }
unexpand() { same "ok 0" "$(put 0 map $'\n')" "remove all"; same "ok 0" "$(fail-nth 0 queued "$P/add" "$ONE")" "add again"; }
remove() { put "$1" remove "8M@$(at 0)"; }
readd() { same "ok 0" "$(fail-nth 0 queued "$P/add" "$ONE")" "add again"; }

at_exit nvm_unload
faults_up
must modprobe nvm_wcache cache_mb=1
must modprobe nvm_memmap
readd
same claimed "$(attr nvm0 state)" state
unbound
walk "bind" bind unbound "ENOMEM EINVAL" 'declined by nvm_wcache|driver_sysfs_add'
bound
walk "unbind" unbind bound ""
walk "expand" expand unexpand "ENOMEM" 'nvm_memmap: add: '
walk "remove" remove readd "ENOMEM" 'nvm_memmap: remove: '
[ "$TOLD" -gt 0 ] || fail "no failure was told"

# proves: each allocation in a write to map, add and remove fails once: ENOMEM, said, all as before, next try works
# kernels: debug
# long-timeout: 3000
# shellcheck source=tests/vm/t/lib-faults.sh
. /payload/t/lib-faults.sh

SOME="4M@$(at 0),4M@$(at 8),4M@$(at 16)"
# of these one is removed, one grown, one kept, one new
OTHERS="6M@$(at 8),4M@$(at 16),4M@$(at 24)"
put() { fail-nth "$1" write "$P/$2" "$3"; }
back() { same "ok 0" "$(put 0 map "$1")" "write $1"; }
add_one() { put "$1" add "4M@$(at 32)"; }
add_two() { put "$1" add "4M@$(at 32),4M@$(at 40):uid=two"; }
expand() { put "$1" add "8M@$(at 8)"; }
# nothing shrinks
unexpand() { back "4M@$(at 0),4M@$(at 16)"; back_some; }
change() { put "$1" map "$OTHERS"; }
unchange() { back "4M@$(at 0),4M@$(at 16)"; back_some; }
remove() { put "$1" remove "4M@$(at 8)"; }
remove_all() { put "$1" map $'\n'; }
back_some() { back "$SOME"; }
nothing() { :; }
show() { fail-nth "$1" read "$P/map"; }

at_exit nvm_unload
faults_up
must modprobe nvm_memmap
back_some
LINE='nvm_memmap: (map|add|remove): '
walk "add" add_one back_some "ENOMEM" "$LINE"
walk "add two" add_two back_some "ENOMEM" "$LINE"
walk "expand" expand unexpand "ENOMEM" "$LINE"
walk "map: remove, expand, add" change unchange "ENOMEM" "$LINE"
walk "remove" remove back_some "ENOMEM" "$LINE"
walk "map: remove all" remove_all back_some "ENOMEM" "$LINE"
walk "read map" show nothing "ENOMEM"
[ "$TOLD" -gt 0 ] || fail "no failure was told"

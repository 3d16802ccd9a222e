# proves: an open disk that becomes read-only refuses writes, and takes them when armed again
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

fake_up 64M
must dd if=/dev/urandom of="$DISK" bs=1M count=1 oflag=direct status=none
must dd if="$DISK" of=want bs=1M count=1 iflag=direct status=none
settle
exec 4<>"$DISK"
at_exit eval 'exec 4>&-'
must fake ro a the battery is empty
same 1 "$(<$REGION/read_only)" "read_only"
same "the battery is empty" "$(<$REGION/read_only_reason)"
expect_log 'nvm0: nvm_fake: the battery is empty'
by_old_fd() { dd if=/dev/zero bs=4k count=1 status=none >&4; }
must_fail EPERM by_old_fd
must_fail EPERM write_at 0 4096
must blockdev --setrw "$DISK"
same 1 "$(blockdev --getro "$DISK")" "blockdev --getro after --setrw"
must_fail EPERM write_at 0 512
must dd if="$DISK" of=have bs=1M count=1 iflag=direct status=none
must cmp want have
must fake armed a
same 0 "$(<$REGION/read_only)" "read_only once armed"
same "" "$(<$REGION/read_only_reason)" "reason once armed"
same 0 "$(blockdev --getro "$DISK")" "blockdev --getro once armed"
must write_at 0 4096
exec 4>&-
# Pages dirtied before cannot be written back: the error reaches fsync. Unless
# the kernel wrote them back in between, which a busy machine leaves it time for.
dirty_then_read_only()
{
	printf dirty >&4
	must fake ro a again
	sync -d /proc/self/fd/0 <&4
}
for n in 1 2 3 4 5; do
	must fake armed a
	exec 4<>"$DISK"
	err=$(dirty_then_read_only 2>&1) || break
	exec 4>&-
	settle
done
exec 4>&-
[[ $err == *"Input/output error"* ]] || fail "fsync of dirty pages: ${err:-no error} ($n rounds)"
must fake armed a

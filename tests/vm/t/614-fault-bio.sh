# proves: each bio fails once: the writer gets EIO, or what was acknowledged is there after recovery
# kernels: debug
# long-timeout: 6000
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

BIO=/sys/kernel/debug/fail_make_request
BLOCK=4096
MUCH=$((1 << 30))

# arm BYTES: the first bio after so many bytes of bios fails; whose it is does
# not matter
arm()
{
	echo "$1" >$BIO/space
	echo 1 >$BIO/times
	echo 100 >$BIO/probability
}

# disarm: sets FAILED to whether one did, and BYTES to what had gone before
disarm()
{
	echo 0 >$BIO/probability
	FAILED=$((1 - $(<$BIO/times)))
	BYTES=$((MUCH - $(<$BIO/space)))
}

# picks BLOCKS: before which of them, all or some, drawn by DRAW: a subshell draws
# its own RANDOM
picks()
{
	if [ -n "${NVM_LONG:-}" ]; then
		seq 0 "$1"
	else
		seq 0 "$1" | draw 2 "$DRAW"
	fi
}

# raw CMD...: fails with EIO if its only bio does, and then works
raw()
{
	arm 0
	must_fail EIO "$@"
	disarm
	same 1 "$FAILED" "bios failed in $*"
	must "$@"
}

flush_disk() { dd if=/dev/null of="$DISK" conv=fsync,nocreat,notrunc status=none; }
write_4m() { dd if=/dev/zero of="$DISK" bs=4M count=1 oflag=direct conv=nocreat,notrunc status=none; }
read_4m() { dd if="$DISK" of=/dev/null bs=4M count=1 iflag=direct status=none; }

# each_of CMD: any of its bios
each_of()
{
	local n step=300

	[ -z "${NVM_LONG:-}" ] || step=16
	for ((n = 0; n < 4 * MIB; n += step * BLOCK)); do
		arm $n
		must_fail EIO "$1"
		disarm
		same 1 "$FAILED" "bios of $1 failed after $n bytes"
	done
	must "$1"
}

# work: one life of a file system; says at which step the user heard of a failure
work()
{
	mount -t "$FS" -o "$OPTIONS" "$DISK" /mnt/a || { echo mount; return; }
	{ cp old /mnt/a/new && sync /mnt/a/new; } || { echo "write"; umount /mnt/a; return; }
	{ mkdir -p /mnt/a/dir && mv /mnt/a/new /mnt/a/dir/new && sync /mnt/a/dir; } ||
		{ echo rename; umount /mnt/a; return; }
	cmp -s old /mnt/a/dir/new || { echo "read"; umount /mnt/a; return; }
	umount /mnt/a || { echo umount; return; }
	echo nothing
}

# life N: the bio after N blocks of them fails
life()
{
	local heard

	must make_fs
	arm $(($1 * BLOCK))
	heard=$(work 2>/dev/null)
	disarm
	mountpoint -q /mnt/a && must umount /mnt/a
	# after recovery what was acknowledged is there
	must check_fs
	if [ "$heard" = nothing ]; then
		must mount -t "$FS" -o "$OPTIONS" "$DISK" /mnt/a
		must cmp old /mnt/a/dir/new
		must umount /mnt/a
	fi
	HEARD[$heard]=$((${HEARD[$heard]:-0} + FAILED))
}

make_fs()
{
	case $FS in
	ext4) mkfs.ext4 -q -F -b 4096 -J size=4 -E lazy_itable_init=0,nodiscard "$DISK" ;;
	xfs) mkfs.xfs -q -f "$DISK" ;;
	esac
}

# xfs replays its log when it is mounted
check_fs()
{
	case $FS in
	ext4)
		e2fsck -fy "$DISK" >check
		[ $? -lt 4 ]
		;;
	xfs)
		mount -t "$FS" -o "$OPTIONS" "$DISK" /mnt/a && umount /mnt/a && xfs_repair -n "$DISK" >check 2>&1
		;;
	esac
}

# synced: a file whose first bio fails, which is data or, with DAX, the journal's.
# It is written a second time: the first bio of a new one may be a read ahead of
# the file system's own, which may fail unheard.
synced()
{
	must mount -t "$FS" -o "$OPTIONS" "$DISK" /mnt/a
	must cp old /mnt/a/synced
	must sync
	must dd if=old of=/mnt/a/synced bs=64k conv=notrunc status=none
	arm 0
	must_fail EIO sync /mnt/a/synced
	disarm
	same 1 "$FAILED" "bios of a sync failed"
	# the file system may have shut down
	umount /mnt/a
	must check_fs
}

# lives FS: each bio, or some, of its life
lives()
{
	local n total
	declare -g FS=$1
	declare -gA HEARD=()

	must make_fs
	arm $MUCH
	same nothing "$(work)" "$FS"
	disarm
	total=$((BYTES / BLOCK))
	DRAW=$RANDOM
	[ "$total" -gt 20 ] || fail "$FS: only $total blocks"
	for n in $(picks "$total"); do
		life "$n"
	done
	must make_fs
	synced
	for n in "${!HEARD[@]}"; do
		diag "$FS: of $total blocks, heard at $n: ${HEARD[$n]}"
	done
}

[ -d $BIO ] || fail "no fail_make_request"
NVM_SEED=${NVM_SEED:-$RANDOM}
diag "NVM_SEED=$NVM_SEED"
RANDOM=$NVM_SEED
# what file systems say when their disk fails
allow_log 'Call Trace:'
memmap_up 320M
udevd_stop
at_exit eval "echo 0 >$BIO/probability"
echo N >$BIO/task-filter
echo 0 >$BIO/verbose
echo 1 >/sys/block/nvm0/make-it-fail
raw read_at 0 4096
raw write_at 0 4096
raw flush_disk
each_of write_4m
each_of read_4m
must dd if=/dev/urandom of=old bs=64k count=4 status=none
must mkdir -p /mnt/a
at_exit eval '! mountpoint -q /mnt/a || umount /mnt/a'
for OPTIONS in defaults dax=always; do
	lives ext4
	lives xfs
done
echo 0 >/sys/block/nvm0/make-it-fail

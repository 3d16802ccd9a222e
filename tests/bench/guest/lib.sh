# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# The beginning of init and cache-init. /plan says what to load and which cases;
# the results and the symbols go to /dev/vda.

/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /tmp /mnt
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
cd /tmp || exit
# shellcheck source=/dev/null
. /plan
# shellcheck disable=SC2034 # theirs
param=/sys/module/nvm_memmap/parameters

# A case that is missing must not look like one that was not asked for: no
# "end" is written, and the host shows these last words.
fail()
{
	echo "bench: $*"
	reboot -f
}

bench()
{
	echo "run $*"
	/bench "$@" >>results || fail "$* failed"
}

load_modules()
{
	for m in $MODULES; do
		insmod "/modules/$m.ko"
	done
}

finish()
{
	{ cat results; echo end; cat symbols; } >/dev/vda
	sync
	reboot -f
}

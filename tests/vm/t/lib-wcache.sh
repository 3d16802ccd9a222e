#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of nvm_wcache share. Not a test itself: its name does not begin
# with a number.
# shellcheck source=tests/vm/lib.sh disable=SC1091,SC2034

# shellcheck source=tests/vm/t/lib-emul.sh
. /payload/t/lib-emul.sh

CACHE=$BUS/devices/nvm0/cache
MIB=$((1 << 20))

# count NAME: a counter of the cache
count() { cat "$CACHE/$1"; }

# wcache_up SIZE[:OPTION...] [CACHE MIB]: a region nvm0 of type 2 with its disk
wcache_up()
{
	at_exit nvm_unload
	# what another test's autoload left may have another size
	rmmod nvm_wcache 2>/dev/null
	must modprobe nvm_wcache cache_mb="${2:-0}"
	emul_add "$1"
	same nvm_wcache "$(attr nvm0 uld)" "who claims it"
}

# fio_disk NAME OPTION...: on the disk, direct; its words if it fails
fio_disk()
{
	local name=$1

	shift
	fio --name="$name" --filename="$DISK" --allow_file_create=0 --direct=1 --ioengine=libaio \
		--randseed="${NVM_SEED:-$RANDOM}" --output="$name.fio" "$@" && return
	sed 's/^/# fio: /' "$name.fio"
	fail "fio: $name"
}

# fio_verify NAME OPTION...: what is read is what was written
fio_verify() { fio_disk "$@" --verify=crc32c --verify_fatal=1 --verify_async=0; }

# page_text FILE PAGE: what the mapper has put into a page
page_text() { dd if="$1" bs=4k skip="$2" count=1 status=none | head -c 32 | tr -d '\0'; }

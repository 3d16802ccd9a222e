# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages fetched into a cache, nothing installed. For the scripts here.

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

say() { printf '# fetch: %s\n' "$*" >&2; }
die() { printf 'fetch: %s\n' "$*" >&2; exit 1; }

apt_update()
{
	say "refreshing the package lists (apt-get update)"
	as_root apt-get -qq update >&2 || say "apt-get update failed, going on with the lists at hand"
}

download()
{
	# No sandbox user: it could not get into a cache below /root.
	local get=(apt-get -qq -o APT::Sandbox::User=root download)

	"${get[@]}" "$@" >&2 || { apt_update; "${get[@]}" "$@" >&2; }
}

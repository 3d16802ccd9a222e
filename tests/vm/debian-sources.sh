# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the scripts that make a Debian root.

# sources: apt lines, the host's own Debian mirrors if it runs Debian 12, else
# nothing, and the default ones are taken
sources()
{
	if grep -qs VERSION_CODENAME=bookworm /etc/os-release; then
		# shellcheck disable=SC2016
		apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' \
			'Created-By: Packages' 'Origin: Debian' | grep ' bookworm' | sort -u
	fi
}

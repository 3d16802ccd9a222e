# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# For the scripts that make an image: mksquashfs' options.

# uncompressed: the guest's time is dear, the host's page cache is not
squash=(-noI -noD -noF -noX -no-xattrs -no-progress -quiet)

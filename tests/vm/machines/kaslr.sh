# SPDX-License-Identifier: GPL-2.0-only
# The kernel as its boot loader gets it: it puts itself and its direct map at
# random places.
# shellcheck shell=bash disable=SC2034

IMAGE=vmlinuz

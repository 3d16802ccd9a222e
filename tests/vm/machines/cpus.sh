# SPDX-License-Identifier: GPL-2.0-only
# Four processors.
# shellcheck shell=bash disable=SC2034

CPUS=4

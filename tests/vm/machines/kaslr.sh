# SPDX-License-Identifier: GPL-2.0-only
# The kernel as its boot loader gets it: it puts itself and its direct map at
# random places. Of a CPU with few address bits it would reach all.
# shellcheck shell=bash disable=SC2034

IMAGE=vmlinuz
CPU=,phys-bits=48

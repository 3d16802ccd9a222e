# SPDX-License-Identifier: GPL-2.0-only
"""What nvmctl is made of. A module imports only what stands above it here:

version         the version
errors          what the user is told when something cannot be done
sysfs, udev     the files of the kernel; waiting for udev
element         sizes, addresses, nn@ss[:option...]
region          regions on the bus and their attributes
users           who uses the disk of a region
memmap          the lists of nvm_memmap: reading, writing, refusals
change          the verbs add, remove, expand, map, probe
listing         the verb list
wait            the verb wait
scan            the verb scan
monitor         the verb monitor
memory_map      the memory map of the machine and its owners
reserve         RAM set aside by memmap= words, and a proposal for it
report          what both kinds of doctor say
doctor_range    doctor nn@ss
doctor          the verb doctor
cli             the command line: options of the verbs, exit status
"""

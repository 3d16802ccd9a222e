# SPDX-License-Identifier: GPL-2.0-only
"""The kernel messages that no test may cause."""

import re

# What no test may leave in the kernel log. A test that provokes one of
# these on purpose says so with allow_log.
BAD_LOG = re.compile(r"""WARNING:|BUG[: ]|\bOops\b|Call Trace:|refcount_t:|KASAN|KCSAN|UBSAN
|possible\ (circular|recursive|irq|unsafe)|INFO:\ (possible|task|trying|suspicious|rcu)
|suspicious\ RCU|held\ lock\ freed|inconsistent\ lock\ state|bad\ unlock\ balance
|sysfs:\ cannot\ create\ duplicate|kobject_add_internal\ failed|does\ not\ have\ a\ release
|tried\ to\ init\ an\ initialized|is\ not\ initialized,\ yet\ kobject_put
|Unable\ to\ handle|unable\ to\ handle|general\ protection|invalid\ opcode|divide\ error
|Bad\ page|bad\ page|Bad\ rss|nonzero_pgtables|percpu\ ref
|Objects\ remaining|soft\ lockup|hard\ LOCKUP|blocked\ for\ more\ than|self-detected\ stall
|scheduling\ while\ atomic|sleeping\ function|Kernel\ panic|list_(add|del)\ corruption
|ODEBUG|Busy\ inodes|double\ fault|stack\ segment|pagealloc:|page\ dumped\ because
|turning\ off\ the\ locking|leak\ detector\ disabled""".replace("\n", ""), re.X)

# Tests that leave such a trace leave a kernel nobody should go on with.
FATAL_LOG = re.compile(r"BUG:(?! KCSAN)|\bOops\b|general protection|nable to handle|invalid opcode|"
                       r"Bad page|bad page|refcount_t:|list_(add|del) corruption|soft lockup|"
                       r"blocked for more than|stall|possible (circular|recursive|irq|unsafe)|"
                       r"inconsistent lock state|bad unlock balance|turning off the locking|"
                       r"suspicious RCU|leak detector disabled")

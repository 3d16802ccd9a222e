/* SPDX-License-Identifier: GPL-2.0-only */
/* Results in the Test Anything Protocol; run.sh adds them up. */
#ifndef NVM_TAP_H
#define NVM_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_nr, tap_failed;

static inline bool tap_ok(bool good, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("%sok %d - ", good ? "" : "not ", ++tap_nr);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	tap_failed += !good;
	return good;
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_nr);
	return tap_failed ? 1 : 0;
}

#endif /* NVM_TAP_H */

// SPDX-License-Identifier: GPL-2.0-only
/* errno-text EINVAL: print "Invalid argument" */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	const char *name;
	int i;

	for (i = 1; argc == 2 && i < 256; i++) {
		name = strerrorname_np(i);
		if (name && !strcmp(name, argv[1])) {
			puts(strerror(i));
			return 0;
		}
	}
	fprintf(stderr, "errno-text: no such error\n");
	return 1;
}

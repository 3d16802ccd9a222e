// SPDX-License-Identifier: GPL-2.0-only
/*
 * refused ERRNO PARAM VALUE [TEXT...]: one write(2) of VALUE to a parameter of
 * nvm_memmap has to fail as it should: with this error, with one line in the
 * kernel log which is also in last_error and has every TEXT, and with nothing
 * changed: not what map reads, not a region, not a claim on an address. In
 * place of VALUE, -f FILE takes it from a file.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARAMS	"/sys/module/nvm_memmap/parameters/"
#define REGIONS	"/sys/bus/nvm/devices"
#define ROOM	(1 << 20)

static void slurp(const char *file, char *buf, size_t room)
{
	ssize_t n, len = 0;
	int fd = open(file, O_RDONLY);

	if (fd < 0) {
		snprintf(buf, room, "%s", strerrorname_np(errno));
		return;
	}
	while ((n = read(fd, buf + len, room - 1 - len)) > 0)
		len += n;
	if (n < 0)
		len = snprintf(buf, room, "%s", strerrorname_np(errno));
	buf[len] = '\0';
	close(fd);
}

static int no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void add_regions(FILE *out)
{
	static const char * const attrs[] = {
		"uid", "type", "start", "size", "lld", "uld", "disk", "state",
		"read_only", "numa_node",
	};
	struct dirent **names;
	int i, n = scandir(REGIONS, &names, no_dots, alphasort);
	char file[512], buf[4096];
	size_t a;

	for (i = 0; i < n; i++) {
		fprintf(out, "%s\n", names[i]->d_name);
		for (a = 0; a < sizeof(attrs) / sizeof(attrs[0]); a++) {
			snprintf(file, sizeof(file), REGIONS "/%s/%s",
				 names[i]->d_name, attrs[a]);
			slurp(file, buf, sizeof(buf));
			fprintf(out, "  %s %s", attrs[a], buf);
		}
	}
}

static void add_claims(FILE *out)
{
	FILE *in = fopen("/proc/iomem", "r");
	char line[256];

	if (!in)
		err(2, "/proc/iomem");
	while (fgets(line, sizeof(line), in))
		if (strstr(line, "nvm"))
			fputs(line, out);
	fclose(in);
}

/* All that a refused write must leave alone. */
static char *state(void)
{
	char *text, map[8192];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	slurp(PARAMS "map", map, sizeof(map));
	fprintf(out, "map %s\n", map);
	add_regions(out);
	add_claims(out);
	fclose(out);
	return text;
}

/* How many lines of the log since @kmsg are those of a refusal; the last one. */
static int refusals(int kmsg, const char *param, char *line, size_t room)
{
	char record[8192], head[64], *text, *end;
	int count = 0;
	ssize_t n;

	snprintf(head, sizeof(head), "nvm_memmap: %s: ", param);
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text || strncmp(text + 1, head, strlen(head)))
			continue;
		end = strchr(++text, '\n');
		if (end)
			*end = '\0';
		snprintf(line, room, "%s", text);
		count++;
	}
	return count;
}

static int put(const char *param, const char *value, size_t len)
{
	char file[256];
	int fd, ret;

	snprintf(file, sizeof(file), PARAMS "%s", param);
	fd = open(file, O_WRONLY);
	if (fd < 0)
		err(2, "%s", file);
	ret = write(fd, value, len) < 0 ? errno : 0;
	close(fd);
	return ret;
}

int main(int argc, char **argv)
{
	char line[8192] = "", last[8192], *value, *before, *after;
	const char *param;
	int kmsg, ret, lines, first = 4;

	if (argc < 4)
		errx(2, "usage: refused ERRNO PARAM VALUE|-f FILE [TEXT...]");
	param = argv[2];
	value = argv[3];
	if (!strcmp(value, "-f") && argc > 4) {
		value = malloc(ROOM);
		slurp(argv[4], value, ROOM);
		first = 5;
	}
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END))
		err(2, "/dev/kmsg");

	before = state();
	ret = put(param, value, strlen(value));
	after = state();
	lines = refusals(kmsg, param, line, sizeof(line));
	slurp(PARAMS "last_error", last, sizeof(last));
	last[strcspn(last, "\n")] = '\0';

	if (!ret)
		errx(1, "taken, not refused: %s %.200s", param, value);
	if (strcmp(strerrorname_np(ret), argv[1]))
		errx(1, "%s, not %s: %s %.200s: %s", strerrorname_np(ret),
		     argv[1], param, value, last);
	if (strcmp(before, after))
		errx(1, "something changed: %s %.200s\n--- before\n%s--- after\n%s",
		     param, value, before, after);
	if (lines != 1)
		errx(1, "%d lines in the log: %s %.200s", lines, param, value);
	if (strcmp(line, last))
		errx(1, "the log says '%s', last_error '%s'", line, last);
	for (; first < argc; first++)
		if (!strstr(last, argv[first]))
			errx(1, "no '%s' in last_error: %s", argv[first], last);
	return 0;
}

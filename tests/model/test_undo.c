// SPDX-License-Identifier: GPL-2.0-only
/*
 * The undo log of an emulated device: after a power cut a write unit holds what
 * it held before a command or what it held after it, also if the power is cut
 * again while that is restored; what is damaged is not trusted. SEED in the
 * environment chooses other commands.
 */
#include "undo_world.h"
#include <stdint.h>
#include "power.h"
#include "seed.h"
#include "tap.h"

#define ROUNDS		24

/*
 * A device: @val is what each unit holds, @may what it held before the command
 * in flight, or before the writes that are in the buffer.
 */
struct device {
	u64			mem[SIZE / 8];
	struct nvmm_undo	undo;
	struct power		power;
	u64			val[UNITS];
	u64			may[UNITS];
	u32			cells[CELLS];
	u32			kept[CELLS];	/* in the buffer */
	unsigned int		nr_kept;
	bool			buffered;
	u64			next;
	unsigned long		recovered;
	unsigned long long	seed;
};

static const char *is_right(struct device *d, uint8_t *image)
{
	static char why[80];
	unsigned int i;

	for (i = 0; i < UNITS; i++) {
		u64 have = unit_value(image, i);

		if (have >= d->may[i] && have <= d->val[i])
			continue;
		snprintf(why, sizeof(why), "unit %u holds %lld, not %llu to %llu", i,
			 (long long)have, d->may[i], d->val[i]);
		return why;
	}
	return NULL;
}

/* With a machine of its own, whose power may be cut, too. */
static const char *recover(struct device *d, uint8_t *image, power_check check)
{
	struct power machine = {
		.mem = image, .len = SIZE, .budget = 8, .seed = d->seed, .check = check, .ctx = d,
	};
	static char why[sizeof(machine.why)];
	struct nvmm_undo_found found;
	int err;

	power_on(&machine);
	err = nvmm_undo_recover(image, SIZE, &found);
	power_off(&machine);
	d->recovered += found.restored;
	if (machine.why[0])
		return memcpy(why, machine.why, sizeof(why));
	if (err || found.state != NVMM_UNDO_SOUND)
		return "the log is gone";
	if (found.damaged)
		return "an entry counts before its data does";
	return NULL;
}

static const char *check_again(uint8_t *image, void *ctx)
{
	return recover(ctx, image, NULL) ?: is_right(ctx, image);
}

/* One of some has its recovery cut, too. */
static const char *check(uint8_t *image, void *ctx)
{
	struct device *d = ctx;

	return recover(d, image, d->power.images % 64 ? NULL : check_again) ?: is_right(d, image);
}

/* Power that is not cut. */
static void steady_on(struct device *d)
{
	d->power = (struct power) { .mem = (uint8_t *)d->mem, .len = SIZE, .seed = 1 };
	power_on(&d->power);
}

static void device_on(struct device *d, bool buffered, enum power_plant plant, int at,
		      unsigned long long seed)
{
	unsigned int i;

	memset(d, 0, sizeof(*d));
	d->seed = seed;
	d->buffered = buffered;
	for (i = 0; i < CELLS; i++)
		d->cells[i] = i;
	for (i = 0; i < UNITS; i++) {
		d->val[i] = ++d->next;
		d->may[i] = d->val[i];
		fill_unit(d->mem, i, d->val[i]);
	}
	steady_on(d);
	nvmm_undo_place(&d->undo, d->mem, SIZE, UNIT, CELLS);
	nvmm_undo_format(&d->undo);
	power_off(&d->power);
	d->power = (struct power) { .mem = (uint8_t *)d->mem, .len = SIZE, .check = check, .ctx = d,
				    .budget = 32, .seed = seed, .plant = plant, .plant_at = at };
	power_on(&d->power);
}

static bool device_off(struct device *d)
{
	power_cut(&d->power);
	power_off(&d->power);
	return d->power.why[0];
}

/* As cmd.c: one word of each line. */
static void garble(struct device *d, unsigned int unit)
{
	u64 *w = unit_words(d->mem, unit);
	unsigned int i;

	for (i = unit % 8; i < WORDS; i += 8) {
		u64 garbage = ~w[i];

		nvm_store(&w[i], &garbage, sizeof(garbage));
	}
}

static void flush(struct device *d)
{
	while (d->nr_kept)
		nvmm_undo_retire(&d->undo, d->kept[--d->nr_kept]);
	nvm_fence();
	memcpy(d->may, d->val, sizeof(d->may));
	power_cut(&d->power);
}

static void drop_cell(struct device *d, unsigned int i)
{
	nvmm_undo_retire(&d->undo, d->cells[i]);
}

/* The cell goes to the buffer; another, which is free, takes its place. */
static void keep_cell(struct device *d, unsigned int i)
{
	unsigned int last = CELLS - d->nr_kept - 1;
	u32 cell = d->cells[i];

	d->kept[d->nr_kept++] = cell;
	d->cells[i] = d->cells[last];
	d->cells[last] = cell;
}

/* The order of nvmm_cmd_submit() and of the timer, see cmd.c. */
static void command(struct device *d, unsigned int first, unsigned int nr, bool fails)
{
	static u64 data[UNITS * WORDS];
	unsigned int i;

	nvmm_undo_save(&d->undo, d->cells, first, nr);
	for (i = 0; i < nr; i++)
		garble(d, first + i);
	/* from here to its end it may be there, or not */
	for (i = 0; i < nr && !fails; i++) {
		d->val[first + i] = ++d->next;
		fill_unit(data, first + i, d->next);
	}
	for (i = 0; i < nr && fails; i++)
		garble(d, first + i);
	if (!fails)
		nvm_store(unit_words(d->mem, first), unit_words(data, first), nr * UNIT);
	nvm_fence();
	for (i = nr; i--;) {
		if (d->buffered && !fails)
			keep_cell(d, i);
		else
			drop_cell(d, i);
	}
	nvm_fence();
	if (!d->buffered)
		memcpy(d->may, d->val, sizeof(d->may));
	power_cut(&d->power);
}

static void random_command(struct device *d)
{
	unsigned int first = next_random(&d->seed) % UNITS;
	unsigned int nr = 1 + next_random(&d->seed) % 2;

	if (first + nr > UNITS)
		nr = 1;
	if (d->buffered && (d->nr_kept + nr > CELLS / 2 || !(next_random(&d->seed) % 4)))
		flush(d);
	command(d, first, nr, !(next_random(&d->seed) % 5));
}

static struct device the_device;

static void test_sound(bool buffered, unsigned long long seed)
{
	struct device *d = &the_device;
	unsigned int i;
	bool wrong;

	device_on(d, buffered, POWER_SOUND, -1, seed);
	for (i = 0; i < ROUNDS; i++)
		random_command(d);
	wrong = device_off(d);
	if (wrong)
		printf("# %s\n", d->power.why);
	tap_ok(!wrong && d->recovered, "%s: each unit is old or new, in %lu images of %lu cuts",
	       buffered ? "buffer" : "no buffer", d->power.images, d->power.cuts);
}

/* By the store or fence of one command. */
static void test_planted(enum power_plant plant, int at, const char *what)
{
	struct device *d = &the_device;

	device_on(d, false, plant, at, 1);
	command(d, 2, 2, false);
	tap_ok(device_off(d), "planted and found: %s", what);
}

static void test_lost_buffer(void)
{
	struct device *d = &the_device;
	struct nvmm_undo_found found;

	device_on(d, true, POWER_SOUND, -1, 1);
	command(d, 2, 1, false);
	flush(d);
	command(d, 2, 1, false);
	command(d, 2, 2, false);
	device_off(d);
	steady_on(d);
	nvmm_undo_recover(d->mem, SIZE, &found);
	power_off(&d->power);
	tap_ok(found.restored == 3 && unit_value(d->mem, 2) == d->may[2] &&
	       unit_value(d->mem, 3) == d->may[3] && d->may[2] < d->val[2],
	       "all writes since the flush are undone, the last first");
}

static enum nvmm_undo_state state_of(struct device *d, struct nvmm_undo_found *found)
{
	steady_on(d);
	nvmm_undo_recover(d->mem, SIZE, found);
	power_off(&d->power);
	return found->state;
}

/* A device with one unit in its log. */
static void one_entry(struct device *d)
{
	device_on(d, true, POWER_SOUND, -1, 1);
	d->power.check = NULL;
	command(d, 2, 1, false);
	power_off(&d->power);
}

static void test_header(void)
{
	struct device *d = &the_device;
	struct nvmm_undo_found found;
	unsigned int bit, good = 0;
	enum nvmm_undo_state state;

	for (bit = 0; bit < 8 * sizeof(struct header); bit++) {
		u64 val;

		one_entry(d);
		val = d->val[2];
		((u8 *)header_at(d->mem, SIZE))[bit / 8] ^= 1 << bit % 8;
		state = state_of(d, &found);
		good += state == (bit < 64 ? NVMM_UNDO_NONE : NVMM_UNDO_DAMAGED) &&
			!found.restored && unit_value(d->mem, 2) == val;
	}
	tap_ok(good == bit, "a header with a wrong bit is not trusted, each of %u", bit);
}

static void test_entry(void)
{
	struct device *d = &the_device;
	struct nvmm_undo_found found;
	unsigned int bit, good = 0;

	for (bit = 0; bit < 8 * sizeof(struct entry); bit++) {
		one_entry(d);
		((u8 *)cell_entry(&d->undo, d->kept[0]))[bit / 8] ^= 1 << bit % 8;
		state_of(d, &found);
		/* the stamp is 1: without that bit the entry is retired */
		good += !found.restored && !found.damaged && found.torn == (bit ? 1 : 0) &&
			unit_value(d->mem, 2) == d->val[2];
	}
	tap_ok(good == bit, "an entry with a wrong bit is torn, each of %u", bit);
}

static void test_data(void)
{
	struct device *d = &the_device;
	struct nvmm_undo_found found;
	unsigned int bit, good = 0;

	for (bit = 0; bit < 8 * UNIT; bit++) {
		one_entry(d);
		cell_data(&d->undo, d->kept[0])[bit / 8] ^= 1 << bit % 8;
		state_of(d, &found);
		good += !found.restored && found.damaged == 1 && unit_value(d->mem, 2) == d->val[2];
	}
	tap_ok(good == bit, "what was saved with a wrong bit is not restored, each of %u", bit);
}

/* The log says of itself where it is: the device made again may be another. */
static void test_other_options(void)
{
	struct device *d = &the_device;
	struct nvmm_undo_found found;
	struct nvmm_undo other;
	bool good;

	one_entry(d);
	good = state_of(d, &found) == NVMM_UNDO_SOUND && found.restored == 1 &&
	       unit_value(d->mem, 2) == d->may[2];
	steady_on(d);
	nvmm_undo_place(&other, d->mem, SIZE, 1024, 2);
	nvmm_undo_format(&other);
	power_off(&d->power);
	tap_ok(good && state_of(d, &found) == NVMM_UNDO_SOUND && !found.restored && !found.torn,
	       "a log is found whatever is to follow it, and a new one is empty");
	steady_on(d);
	nvmm_undo_wipe(d->mem, SIZE);
	power_off(&d->power);
	tap_ok(state_of(d, &found) == NVMM_UNDO_NONE, "a log that was ended is none");
}

static void test_size(void)
{
	tap_ok(!nvmm_undo_size(4096, 0) && nvmm_undo_size(UNIT, CELLS) == SIZE - MEDIUM &&
	       nvmm_undo_size(1 << 20, CELLS_MAX) > (u64)CELLS_MAX << 20, "sizes");
}

/* A command has two fences before and two at its end. */
int main(void)
{
	unsigned long long seed = from_env("SEED", 20140402) | 1;

	printf("# SEED=%llu\n", seed);
	test_size();
	test_sound(false, seed);
	test_sound(true, seed);
	test_planted(POWER_NO_FENCE, 0, "entries before what they are for");
	test_planted(POWER_NO_FENCE, 1, "garbage before the entries");
	test_planted(POWER_NO_FENCE, 2, "retired before the new data");
	test_planted(POWER_NO_FENCE, 3, "the end before it is retired");
	test_planted(POWER_NO_WRITEBACK, 0, "saved content stays in the cache");
	test_planted(POWER_NO_WRITEBACK, 2, "an entry stays in the cache");
	test_lost_buffer();
	test_header();
	test_entry();
	test_data();
	test_other_options();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Type 1's write path, uld/pmem/io.c as it is, under the model of the power
 * cut. It promises no whole blocks, only: what was acknowledged with FUA, or
 * before a flush that was, is there. Each word holds what was written there
 * last before that, or something written since. SEED in the environment
 * chooses other bios.
 */
#include <stdio.h>
#include <string.h>
#include "kernel.h"
#include "power.h"
#include "seed.h"
#include "tap.h"
#include "../../uld/pmem/pmem.h"

#define SECTORS		8
#define WORDS		(SECTORS * SECTOR_SIZE / POWER_WORD)
#define BIOS		60
#define VALUES		(BIOS + 1)

/* What a word may hold: @val[@durable] and what was written since. */
struct word {
	u64		val[VALUES];
	unsigned int	nr;
	unsigned int	done;		/* the last whose bio has ended well */
	unsigned int	durable;
	unsigned int	wild;		/* or anything: poison was cleared for this one */
};

struct disk {
	u64			mem[WORDS];
	struct word		words[WORDS];
	struct nvm_region	r;
	struct nvm_pmem		pmem;
	struct gendisk		gd;
	struct block_device	bdev;
	struct power		power;
	struct page		pages[2];
	int			flush_err;	/* what the region's flush returns */
	int			flush_failed;	/* of this bio */
	unsigned int		acked;		/* that promise something */
	unsigned int		bad_status;
	unsigned int		bad_reads;
	unsigned long long	seed;
	u64			next;
};

/* The functions without an argument for it ask which disk it is. */
static struct disk *disk;

int nvm_region_flush(struct nvm_region *r, u64 off, u64 len)
{
	if (off || len != r->size)
		abort();
	if (disk->flush_err) {
		disk->flush_failed = disk->flush_err;
		return disk->flush_err;
	}
	power_flush(&disk->power);
	return 0;
}

/* The device writes what it likes. */
int nvm_region_clear_poison(struct nvm_region *r, u64 off, u64 len)
{
	u64 i;

	(void)r;
	memset((u8 *)disk->mem + off, 0xee, len);
	power_device_wrote(&disk->power, off, len);
	for (i = off / POWER_WORD; i < (off + len) / POWER_WORD; i++)
		disk->words[i].wild = disk->words[i].nr - 1;
	return 0;
}

int nvm_region_forget_poison(struct nvm_region *r, u64 off, u64 len)
{
	if (off >> SECTOR_SHIFT <= r->bb.first &&
	    (off + len) >> SECTOR_SHIFT >= r->bb.first + r->bb.nr)
		r->bb.count = 0;
	return 0;
}

void nvm_region_media_error(struct nvm_region *r, u64 off, u64 len)
{
	(void)r;
	(void)off;
	(void)len;
}

size_t nvm_copy_from(struct nvm_region *r, void *dst, const void *base, u64 off, size_t len)
{
	(void)r;
	memcpy(dst, (const u8 *)base + off, len);
	return 0;
}

struct page *virt_to_page(const void *addr)
{
	(void)addr;
	abort();
}

bool PageHWPoison(const struct page *page)
{
	(void)page;
	abort();
}

static bool may_hold(const struct word *w, u64 val)
{
	unsigned int i;

	for (i = w->durable; i < w->nr; i++)
		if (w->val[i] == val)
			return true;
	return w->wild > w->durable;
}

/* There is nothing to recover on type 1. */
static const char *check(uint8_t *image, void *ctx)
{
	static char why[80];
	struct disk *d = ctx;
	const u64 *vals = (const u64 *)image;
	unsigned int i;

	for (i = 0; i < WORDS; i++) {
		if (may_hold(&d->words[i], vals[i]))
			continue;
		snprintf(why, sizeof(why), "word %u holds %llu, %llu or later is durable",
			 i, vals[i], d->words[i].val[d->words[i].durable]);
		return why;
	}
	return NULL;
}

static unsigned int first_word(const struct bio *bio)
{
	return bio->bi_iter.bi_sector * (SECTOR_SIZE / POWER_WORD);
}

static unsigned int nr_words(const struct bio *bio)
{
	unsigned int i, len = 0;

	for (i = 0; i < bio->nr; i++)
		len += bio->vec[i].bv_len;
	return len / POWER_WORD;
}

/* All that completed up to now. */
static void make_durable(struct word *words, unsigned int nr)
{
	for (; nr; nr--, words++)
		words->durable = words->done;
}

static void promise(struct disk *d, const struct bio *bio)
{
	unsigned int first = first_word(bio), nr = nr_words(bio), i;

	if (bio->bi_opf & REQ_PREFLUSH)
		make_durable(d->words, WORDS);
	if (!op_is_write(bio_op(bio)))
		return;
	for (i = first; i < first + nr; i++)
		d->words[i].done = d->words[i].nr - 1;
	if (bio->bi_opf & REQ_FUA)
		make_durable(&d->words[first], nr);
	d->acked += op_is_flush(bio->bi_opf);
}

static void check_read(struct disk *d, const struct bio *bio)
{
	const u64 *have = &d->mem[first_word(bio)];
	unsigned int i;

	for (i = 0; i < bio->nr; i++) {
		const struct bio_vec *v = &bio->vec[i];

		if (memcmp(v->bv_page->data + v->bv_offset, have, v->bv_len))
			d->bad_reads++;
		have += v->bv_len / POWER_WORD;
	}
}

/* Whoever waits for the bio is told. */
void bio_endio(struct bio *bio)
{
	struct disk *d = disk;

	if (d->flush_failed && !bio->bi_status)
		d->bad_status++;
	if (bio->bi_status)
		return;
	if (!op_is_write(bio_op(bio)))
		check_read(d, bio);
	if (d->power.plant != POWER_EARLY_ACK)
		promise(d, bio);
	power_cut(&d->power);
}

static void submit(struct disk *d, struct bio *bio)
{
	d->flush_failed = 0;
	if (d->power.plant == POWER_EARLY_ACK)
		promise(d, bio);
	nvm_pmem_fops.submit_bio(bio);
}

/* One or two segments, of new values if it is a write. */
static void add_data(struct disk *d, struct bio *bio, sector_t sector, unsigned int sectors)
{
	unsigned int first = sectors > 1 ? 1 : sectors, i, w;

	bio->bi_iter.bi_sector = sector;
	bio->nr = sectors > 1 ? 2 : 1;
	bio->vec[0] = (struct bio_vec) { &d->pages[0], 3 * SECTOR_SIZE, first * SECTOR_SIZE };
	bio->vec[1] = (struct bio_vec) { &d->pages[1], 0, (sectors - first) * SECTOR_SIZE };
	if (!op_is_write(bio_op(bio)))
		return;
	w = first_word(bio);
	for (i = 0; i < nr_words(bio); i++, w++) {
		unsigned int in_first = first * (SECTOR_SIZE / POWER_WORD);
		u64 *data = i < in_first ? (u64 *)(d->pages[0].data + 3 * SECTOR_SIZE) + i :
					   (u64 *)d->pages[1].data + (i - in_first);

		*data = ++d->next;
		d->words[w].val[d->words[w].nr++] = *data;
	}
}

static void do_bio(struct disk *d, unsigned int opf, sector_t sector, unsigned int sectors)
{
	struct bio bio = { .bi_bdev = &d->bdev, .bi_opf = opf };

	if (sectors)
		add_data(d, &bio, sector, sectors);
	submit(d, &bio);
}

static void random_bio(struct disk *d)
{
	static const unsigned int kinds[] = {
		REQ_OP_WRITE, REQ_OP_WRITE, REQ_OP_WRITE,
		REQ_OP_WRITE | REQ_FUA,
		REQ_OP_WRITE | REQ_PREFLUSH,
		REQ_OP_WRITE | REQ_PREFLUSH | REQ_FUA,
		REQ_OP_WRITE | REQ_FUA | REQ_NOWAIT,
		REQ_OP_READ, REQ_OP_READ | REQ_PREFLUSH,
	};
	unsigned int kind = kinds[next_random(&d->seed) % (sizeof(kinds) / sizeof(kinds[0]))];
	sector_t sector = next_random(&d->seed) % SECTORS;
	unsigned int most = SECTORS - sector < 3 ? SECTORS - sector : 3;
	unsigned int sectors = 1 + next_random(&d->seed) % most;

	/* a flush alone */
	if (kind == (REQ_OP_WRITE | REQ_PREFLUSH) && next_random(&d->seed) % 2)
		sectors = 0;
	if (!(next_random(&d->seed) % 8) && op_is_write(kind))
		d->r.bb = (struct badblocks) { .count = 1, .first = sector, .nr = 1 };
	d->flush_err = next_random(&d->seed) % 8 ? 0 : -EIO;
	if (!(next_random(&d->seed) % 4))
		power_switch_cpu(&d->power);
	do_bio(d, kind, sector, sectors);
	/* what was not cured is of no interest here */
	d->r.bb.count = 0;
}

static void disk_on(struct disk *d, bool flushes, enum power_plant plant, int at,
		    unsigned long long seed)
{
	unsigned int i;

	disk = d;
	memset(d, 0, sizeof(*d));
	d->seed = seed;
	d->r.size = sizeof(d->mem);
	d->r.caps = flushes ? NVM_CAP_FLUSH : 0;
	d->pmem.r = &d->r;
	d->pmem.addr = d->mem;
	d->pmem.bb = &d->r.bb;
	d->pmem.flushes = flushes;
	d->gd.private_data = &d->pmem;
	d->bdev.bd_disk = &d->gd;
	for (i = 0; i < WORDS; i++)
		d->words[i].nr = 1;
	d->power = (struct power) { .mem = (uint8_t *)d->mem, .len = sizeof(d->mem),
				    .flushes = flushes, .check = check, .ctx = d, .budget = 64,
				    .seed = seed, .plant = plant, .plant_at = at };
	power_on(&d->power);
}

static bool disk_off(struct disk *d)
{
	power_cut(&d->power);
	power_off(&d->power);
	return d->power.why[0];
}

static struct disk the_disk;

static void test_sound(bool flushes, unsigned long long seed)
{
	struct disk *d = &the_disk;
	unsigned int i;
	bool wrong;

	disk_on(d, flushes, POWER_SOUND, -1, seed);
	for (i = 0; i < BIOS; i++)
		random_bio(d);
	wrong = disk_off(d);
	if (wrong)
		printf("# %s\n", d->power.why);
	tap_ok(!wrong && d->acked && !d->bad_reads,
	       "%s: what %u bios promised is there, in %lu images", flushes ? "flush" : "fence",
	       d->acked, d->power.images);
	if (flushes)
		tap_ok(!d->bad_status, "flush: its failure reaches the writer");
}

/* The shortest ways to be promised something. */
enum { BY_FUA, BY_FLUSH, BY_PREFLUSH, WAYS };

static void promised(struct disk *d, int way)
{
	if (way == BY_FUA) {
		do_bio(d, REQ_OP_WRITE | REQ_FUA, 1, 2);
		return;
	}
	do_bio(d, REQ_OP_WRITE, 1, 2);
	do_bio(d, REQ_OP_WRITE | REQ_PREFLUSH, 5, way == BY_FLUSH ? 0 : 1);
}

static void test_planted(bool flushes, enum power_plant plant, int at, const char *what)
{
	static const char * const ways[WAYS] = { "FUA", "a flush", "a write that flushes first" };
	struct disk *d = &the_disk;
	int way, found = 0;

	for (way = 0; way < WAYS; way++) {
		disk_on(d, flushes, plant, at, 1);
		promised(d, way);
		if (disk_off(d))
			found++;
		else
			printf("# not found with %s\n", ways[way]);
	}
	tap_ok(found == WAYS, "%s: planted and found: %s", flushes ? "flush" : "fence", what);
}

static bool lost_to_other_cpu(bool flushes, enum power_plant plant)
{
	struct disk *d = &the_disk;

	disk_on(d, flushes, plant, -1, 1);
	do_bio(d, REQ_OP_WRITE, 1, 2);
	power_switch_cpu(&d->power);
	do_bio(d, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0);
	return disk_off(d);
}

static void test_other_cpu(bool flushes)
{
	tap_ok(!lost_to_other_cpu(flushes, POWER_SOUND) && lost_to_other_cpu(flushes, POWER_NO_BARRIER),
	       "%s: a flush on another CPU relies on the barrier by which it learned, and on no more",
	       flushes ? "flush" : "fence");
}

static void test_domain(bool flushes, unsigned long long seed)
{
	test_sound(flushes, seed);
	test_other_cpu(flushes);
	test_planted(flushes, POWER_NO_FENCE, 0, "a missing fence");
	test_planted(flushes, POWER_NO_WRITEBACK, 0, "a store that stays in the cache");
	test_planted(flushes, POWER_LATE_STORE, 1, "a store after its fence");
	test_planted(flushes, POWER_EARLY_ACK, -1, "an acknowledgement before the flush");
	if (!flushes)
		return;
	test_planted(true, POWER_NO_FLUSH, 0, "a missing flush of the region");
	test_planted(true, POWER_FLUSH_FIRST, 0, "the region's flush before the fence");
}

int main(void)
{
	unsigned long long seed = from_env("SEED", 20140402) | 1;

	printf("# SEED=%llu\n", seed);
	test_domain(false, seed);
	test_domain(true, seed);
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/* See cache_world.h. */
#include <stdarg.h>
#include <stdio.h>
#include "cache_world.h"
#include "seed.h"

static u32 pick(struct world *w, u32 n)
{
	return (next_random(&w->random) >> 16) % n;
}

static bool wrong(struct world *w, const char *fmt, ...)
{
	va_list args;

	if (w->why[0])
		return false;
	va_start(args, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, args);
	va_end(args);
	return false;
}

static struct nvmc_shard *shard(struct world *w, u64 block)
{
	return &w->c.shards[nvmc_shard_of(&w->c, block)];
}

static u32 *memory(struct world *w, u64 block, u32 slot)
{
	u32 n = nvmc_shard_of(&w->c, block);

	if (!w->has[n][slot])
		wrong(w, "block %llu: slot %u has no memory", block, slot);
	return &w->data[n][slot * w->spb];
}

void world_init(struct world *w, const struct world_options *o)
{
	u32 **arrays[] = { &w->medium, &w->oldest, &w->flushing, &w->since, &w->latest,
			   &w->wanted, &w->durable, &w->issued };
	u32 i, n, per = o->geo.slots / o->geo.shards;

	memset(w, 0, sizeof(*w));
	w->o = *o;
	w->random = o->seed * 2654435761ULL + 1;
	w->spb = o->geo.block / NVMC_SECTOR;
	if (nvmc_init(&w->c, &o->geo)) {
		wrong(w, "nvmc_init() refuses the geometry");
		return;
	}
	for (i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		*arrays[i] = calloc(o->blocks * w->spb, sizeof(u32));
	w->in_flight = calloc(o->blocks, 1);
	w->bad = calloc(o->blocks, 1);
	w->data = calloc(o->geo.shards, sizeof(*w->data));
	w->has = calloc(o->geo.shards, sizeof(*w->has));
	for (i = 0; i < o->geo.shards; i++) {
		w->data[i] = calloc(per * w->spb, sizeof(u32));
		w->has[i] = calloc(per, 1);
		for (n = 0; n < o->geo.reserve; n++)
			w->has[i][nvmc_give(&w->c, &w->c.shards[i])] = 1;
	}
	for (i = 0; i < WORLD_COMMANDS; i++)
		w->cmd[i].run.slot = w->cmd[i].slot;
	for (i = 0; i < o->bad; i++)
		w->bad[pick(w, o->hot)] = 1;
}

unsigned long world_copies(const struct world *w)
{
	unsigned long n = 0;
	u32 i;

	for (i = 0; i < w->o.geo.shards; i++)
		n += w->c.shards[i].stats.copies;
	return n;
}

void world_exit(struct world *w)
{
	u32 i;

	for (i = 0; w->data && i < w->o.geo.shards; i++) {
		free(w->data[i]);
		free(w->has[i]);
	}
	nvmc_exit(&w->c);
	free(w->data), free(w->has), free(w->in_flight), free(w->bad);
	free(w->medium), free(w->oldest), free(w->flushing), free(w->since);
	free(w->latest), free(w->wanted), free(w->durable), free(w->issued);
}

/* The device. */

static u32 map_sector(struct world *w, u64 sector)
{
	u32 unit = w->o.geo.busy_unit / w->o.geo.block ? : 1;
	u64 block = sector / w->spb, b = block / unit * unit, end = b + unit;

	for (; b < end && b < w->o.blocks; b++)
		if (w->in_flight[b])
			wrong(w, "block %llu: its mapping is read while block %llu is in flight",
			      block, b);
	return w->medium[sector];
}

/* What is not in a slot is written as the medium has it. */
static void device_reads(struct world *w, struct command *cmd, u32 i)
{
	u64 block = cmd->run.block + i;
	u32 *to = &cmd->data[i * w->spb];
	u32 s;

	if (cmd->slot[i] != NVMC_NONE)
		memcpy(to, memory(w, block, cmd->slot[i]), w->spb * sizeof(u32));
	else
		for (s = 0; s < w->spb; s++)
			to[s] = map_sector(w, block * w->spb + s);
}

static void device_starts(struct world *w, struct command *cmd)
{
	u32 i;

	if (!cmd->run.nr || cmd->run.nr > w->o.geo.max_run)
		wrong(w, "a command of %u blocks", cmd->run.nr);
	if (cmd->slot[0] == NVMC_NONE || cmd->slot[cmd->run.nr - 1] == NVMC_NONE)
		wrong(w, "a command begins or ends with what is clean");
	for (i = 0; i < cmd->run.nr; i++)
		device_reads(w, cmd, i);
	for (i = 0; i < cmd->run.nr; i++) {
		u64 block = cmd->run.block + i;

		if (w->in_flight[block])
			wrong(w, "block %llu: two commands in flight", block);
		w->in_flight[block] = 1;
		w->bridged += cmd->slot[i] == NVMC_NONE;
	}
	cmd->state = CMD_IN_FLIGHT;
	w->runs++;
}

static void device_writes(struct world *w, u64 sector, u32 stamp)
{
	w->medium[sector] = stamp;
	w->oldest[sector] = w->o.volatile_buffer ? min(w->oldest[sector], stamp) : stamp;
	w->since[sector] = min(w->since[sector], stamp);
}

static bool device_likes(struct world *w, const struct command *cmd)
{
	u32 i;

	for (i = 0; i < cmd->run.nr; i++)
		if (w->bad[cmd->run.block + i])
			return false;
	return !w->o.fail || pick(w, w->o.fail);
}

static enum nvmc_end device_ends(struct world *w, struct command *cmd)
{
	bool good = device_likes(w, cmd);
	u32 i, s;

	for (i = 0; i < cmd->run.nr; i++) {
		u64 block = cmd->run.block + i;
		const u32 *mem = &cmd->data[i * w->spb];

		w->in_flight[block] = 0;
		if (cmd->slot[i] != NVMC_NONE &&
		    memcmp(memory(w, block, cmd->slot[i]), mem, w->spb * sizeof(u32)))
			wrong(w, "block %llu: was stored to in flight", block);
		if (!good && (w->bad[block] || pick(w, 2)))
			continue;
		for (s = 0; s < w->spb; s++)
			device_writes(w, block * w->spb + s, mem[s]);
	}
	w->failed_some |= !good;
	if (good)
		return NVMC_WRITTEN;
	return w->o.silent && !pick(w, w->o.silent) ? NVMC_SILENT : NVMC_REFUSED;
}

bool world_cut(struct world *w)
{
	u32 s;

	w->cuts++;
	for (s = 0; s < w->o.blocks * w->spb; s++)
		if (w->oldest[s] < w->durable[s])
			return wrong(w, "sector %u: %u was acknowledged as durable, a cut leaves %u",
				     s, w->durable[s], w->oldest[s]);
	return !w->why[0];
}

/* Commands. */

static void command_starts(struct world *w, struct command *cmd)
{
	u32 n = pick(w, w->o.geo.shards), next;
	struct nvmc_shard *sh = &w->c.shards[n];
	struct nvmc_slot *s;
	u64 sector;

	switch (nvmc_pick(&w->c, sh, w->now, &cmd->run)) {
	case NVMC_FILL:
		s = &sh->slot[cmd->slot[0]];
		sector = s->block * w->spb;
		for (next = 0; next < w->spb; next++)
			if (!(s->valid & BIT_ULL(next)))
				memory(w, s->block, cmd->slot[0])[next] =
					map_sector(w, sector + next);
		nvmc_fill_end(&w->c, sh, cmd->slot[0], w->c.full, true, w->now);
		break;
	case NVMC_RUN:
		do {
			next = cmd->run.block + cmd->run.nr;
		} while (next < w->o.blocks && nvmc_extend(&w->c, shard(w, next), &cmd->run));
		cmd->state = CMD_DRAINING;
		cmd->drained = 0;
		break;
	default:
		break;
	}
}

static void command_step(struct world *w, struct command *cmd)
{
	const struct nvmc_run *run = &cmd->run;
	enum nvmc_end end;
	u32 i = 0;

	switch (cmd->state) {
	case CMD_IDLE:
		command_starts(w, cmd);
		break;
	case CMD_DRAINING:
		cmd->drained = nvmc_drained(&w->c, shard(w, run->block + cmd->drained), run,
					    cmd->drained);
		if (cmd->drained == run->nr)
			device_starts(w, cmd);
		break;
	case CMD_IN_FLIGHT:
		if (pick(w, 6))
			break;
		end = device_ends(w, cmd);
		while (i < run->nr)
			i = nvmc_settle(&w->c, shard(w, run->block + i), run, i, end, w->now);
		cmd->state = CMD_IDLE;
		break;
	}
}

/* Readers and writers. */

static bool is_written(struct world *w, u64 block, u64 sectors)
{
	u32 i;

	for (i = 0; i < WORLD_TASKS; i++)
		if ((w->task[i].kind == TASK_WRITE || w->task[i].kind == TASK_COPY) &&
		    w->task[i].block == block && w->task[i].sectors & sectors)
			return true;
	return false;
}

static u64 random_sectors(struct world *w)
{
	u32 first = pick(w, w->spb);

	if (pick(w, 2))
		return w->c.full;
	return GENMASK_ULL(first + pick(w, w->spb - first), first);
}

static void write_begins(struct world *w, struct task *t)
{
	struct nvmc_shard *sh = shard(w, t->block);
	bool may_alloc = pick(w, 2);
	u32 s, given;

	switch (nvmc_write_begin(&w->c, sh, t->block, t->sectors, w->now, may_alloc,
				 &t->slot, &t->old)) {
	case NVMC_NEED_MEMORY:
		if (!pick(w, 3)) {
			nvmc_refused_memory(&w->c, sh, w->now);
			return;
		}
		given = nvmc_give(&w->c, sh);
		w->has[sh - w->c.shards][given] = 1;
		return;
	case NVMC_HIT:
		t->kind = TASK_WRITE;
		break;
	case NVMC_COPY:
		t->kind = TASK_COPY;
		break;
	default:
		return;
	}
	t->at = 0;
	t->stamp = ++w->stamp;
	for (s = 0; s < w->spb; s++)
		if (t->sectors & BIT_ULL(s))
			w->issued[t->block * w->spb + s] = t->stamp;
}

static void write_ends(struct world *w, struct task *t)
{
	u32 s;

	nvmc_write_end(&w->c, shard(w, t->block), t->slot,
		       t->kind == TASK_COPY ? w->c.full : t->sectors);
	if (t->kind == TASK_COPY)
		nvmc_read_end(shard(w, t->block), t->old);
	for (s = 0; s < w->spb; s++)
		if (t->sectors & BIT_ULL(s))
			w->latest[t->block * w->spb + s] = t->stamp;
	t->kind = TASK_IDLE;
}

static void read_floor(struct world *w, struct task *t)
{
	t->at = 0;
	memcpy(t->floor, &w->latest[t->block * w->spb], w->spb * sizeof(u32));
}

static void read_begins(struct world *w, struct task *t)
{
	struct nvmc_shard *sh = shard(w, t->block);
	u32 s;

	switch (nvmc_read_begin(&w->c, sh, t->block, t->sectors, &t->slot)) {
	case NVMC_HIT:
		t->kind = TASK_READ;
		break;
	case NVMC_MAPPING:
		t->kind = TASK_MAPPING;
		break;
	case NVMC_FILL:
		for (s = 0; s < w->spb; s++)
			if (!(sh->slot[t->slot].valid & BIT_ULL(s)))
				memory(w, t->block, t->slot)[s] =
					map_sector(w, t->block * w->spb + s);
		nvmc_fill_end(&w->c, sh, t->slot, w->c.full, true, w->now);
		return;
	default:
		return;
	}
	read_floor(w, t);
}

static void read_ends(struct world *w, struct task *t)
{
	if (t->kind == TASK_MAPPING)
		nvmc_mapping_end(&w->c, shard(w, t->block), t->block);
	else
		nvmc_read_end(shard(w, t->block), t->slot);
	t->kind = TASK_IDLE;
	w->reads++;
}

static void read_got(struct world *w, const struct task *t, u32 at, u32 got)
{
	u64 sector = t->block * w->spb + at;

	if (got < t->floor[at] || got > w->issued[sector])
		wrong(w, "sector %llu: reads %u, not %u to %u", sector, got, t->floor[at],
		      w->issued[sector]);
}

/* Without the lock: anything may happen between this, the next steps and the last. */
static void peek_begins(struct world *w, struct task *t)
{
	t->seen = nvmc_peek(&w->c, shard(w, t->block), t->block);
	if (t->seen.answer == NVMC_WAIT)
		return;
	t->kind = TASK_PEEK;
	t->sectors = w->c.full;
	read_floor(w, t);
}

/* The mapping is held still from here on, or not read. */
static void peek_mapping(struct world *w, struct task *t)
{
	struct nvmc_shard *sh = shard(w, t->block);

	if (nvmc_unchanged(&t->seen)) {
		t->kind = TASK_MAPPING;
		return;
	}
	nvmc_mapping_end(&w->c, sh, t->block);
	t->kind = TASK_IDLE;
	w->late++;
}

static void peek_ends(struct world *w, struct task *t)
{
	bool good = nvmc_unchanged(&t->seen);
	u32 s;

	for (s = 0; good && s < w->spb; s++)
		read_got(w, t, s, t->got[s]);
	t->kind = TASK_IDLE;
	w->peeks += good;
	w->late += !good;
}

/* The memory may be another block's, or gone. */
static void peek_step(struct world *w, struct task *t)
{
	if (t->seen.answer == NVMC_MAPPING) {
		peek_mapping(w, t);
		return;
	}
	t->got[t->at] = w->data[nvmc_shard_of(&w->c, t->block)][t->seen.slot * w->spb + t->at];
	if (++t->at == w->spb)
		peek_ends(w, t);
}

static void read_step(struct world *w, struct task *t)
{
	u64 sector = t->block * w->spb + t->at;

	if (t->sectors & BIT_ULL(t->at))
		read_got(w, t, t->at, t->kind == TASK_MAPPING ? map_sector(w, sector) :
				      memory(w, t->block, t->slot)[t->at]);
	if (++t->at == w->spb)
		read_ends(w, t);
}

static void write_step(struct world *w, struct task *t)
{
	u32 *mem = memory(w, t->block, t->slot);

	if (t->sectors & BIT_ULL(t->at))
		mem[t->at] = t->stamp;
	else if (t->kind == TASK_COPY)
		mem[t->at] = memory(w, t->block, t->old)[t->at];
	if (++t->at == w->spb)
		write_ends(w, t);
}

static void task_starts(struct world *w, struct task *t)
{
	t->block = pick(w, 4) ? pick(w, w->o.hot) : pick(w, w->o.blocks);
	t->sectors = random_sectors(w);
	if (!pick(w, 6))
		peek_begins(w, t);
	else if (!pick(w, 3))
		read_begins(w, t);
	else if (!is_written(w, t->block, t->sectors))
		write_begins(w, t);
}

static void task_step(struct world *w, struct task *t, bool more)
{
	switch (t->kind) {
	case TASK_IDLE:
		if (more)
			task_starts(w, t);
		break;
	case TASK_WRITE:
	case TASK_COPY:
		write_step(w, t);
		break;
	case TASK_PEEK:
		peek_step(w, t);
		break;
	default:
		read_step(w, t);
		break;
	}
}

/* A flush: all shards, then the device. */

static u32 nr_sectors(const struct world *w)
{
	return w->o.blocks * w->spb;
}

static void flush_begins(struct world *w)
{
	u32 i;

	memcpy(w->wanted, w->latest, nr_sectors(w) * sizeof(u32));
	for (i = 0; i < w->o.geo.shards; i++)
		nvmc_flush_begin(&w->c.shards[i], w->now);
	w->refused = 0;
	w->flush = FLUSH_BLOCKS;
}

static void flush_waits(struct world *w)
{
	/* Nobody waits for ever for a device that says nothing. */
	bool given_up = w->o.silent && w->failed_some && !pick(w, 8);
	u32 i;

	for (i = 0; i < w->o.geo.shards; i++)
		if (!given_up && !nvmc_flush_done(&w->c.shards[i]))
			return;
	for (i = 0; i < w->o.geo.shards; i++)
		w->refused += nvmc_flush_end(&w->c.shards[i]);
	memcpy(w->flushing, w->medium, nr_sectors(w) * sizeof(u32));
	memset(w->since, 0xff, nr_sectors(w) * sizeof(u32));
	w->flush = FLUSH_DEVICE;
}

static void flush_ends(struct world *w)
{
	u32 s;

	world_cut(w);
	for (s = 0; s < nr_sectors(w); s++) {
		if (w->o.volatile_buffer)
			w->oldest[s] = min(w->flushing[s], w->since[s]);
		if (!w->refused)
			w->durable[s] = max(w->durable[s], w->wanted[s]);
	}
	world_cut(w);
	if (w->refused)
		w->errors++;
	if (w->refused && !w->failed_some)
		wrong(w, "a flush fails and no command did");
	w->flushes++;
	w->flush = FLUSH_IDLE;
}

static void flush_step(struct world *w, bool more)
{
	switch (w->flush) {
	case FLUSH_IDLE:
		if (more)
			flush_begins(w);
		break;
	case FLUSH_BLOCKS:
		flush_waits(w);
		break;
	case FLUSH_DEVICE:
		flush_ends(w);
		break;
	}
}

/* What happens less often. */

/* Whatever these blocks have is right from now on. */
static void forgotten(struct world *w, u64 block, u32 nr)
{
	u64 s;

	for (s = block * w->spb; s < (block + nr) * w->spb; s++) {
		w->latest[s] = 0;
		w->wanted[s] = 0;
		w->durable[s] = 0;
	}
}

static void forget(struct world *w)
{
	u64 block = pick(w, w->o.blocks);

	if (!is_written(w, block, w->c.full) &&
	    nvmc_forget_some(&w->c, shard(w, block), block, 1))
		forgotten(w, block, 1);
}

/* As far as nobody is writing to it. */
static void discard_starts(struct world *w, struct discard *d)
{
	u32 want = 1 + pick(w, w->o.geo.max_run), nr;
	u64 block = pick(w, 2) ? pick(w, w->o.hot) : pick(w, w->o.blocks);

	for (nr = 0; nr < want && block + nr < w->o.blocks; nr++)
		if (is_written(w, block + nr, w->c.full))
			break;
	d->run.block = block;
	d->run.nr = 0;
	d->drained = 0;
	while (d->run.nr < nr && nvmc_discard_begin(&w->c, shard(w, block + d->run.nr), &d->run,
						    nr - d->run.nr))
		;
	if (!d->run.nr)
		return;
	if (d->run.nr > nr)
		wrong(w, "a discard of %u blocks, not %u", d->run.nr, nr);
	forgotten(w, block, d->run.nr);
	d->state = CMD_DRAINING;
}

static void discard_drains(struct world *w, struct discard *d)
{
	u64 block;

	d->drained = nvmc_drained(&w->c, shard(w, d->run.block + d->drained), &d->run, d->drained);
	if (d->drained != d->run.nr)
		return;
	for (block = d->run.block; block < d->run.block + d->run.nr; block++) {
		if (w->in_flight[block])
			wrong(w, "block %llu: is discarded while a command is in flight", block);
		w->in_flight[block] = 1;
	}
	d->state = CMD_IN_FLIGHT;
	w->discards++;
}

/* All of it, or what the device did before it failed. */
static void discard_ends(struct world *w, struct discard *d)
{
	bool good = !w->o.fail || pick(w, w->o.fail);
	u32 i, s;

	for (i = 0; i < d->run.nr; i++) {
		u64 block = d->run.block + i;

		w->in_flight[block] = 0;
		for (s = 0; s < w->spb && (good || pick(w, 2)); s++)
			device_writes(w, block * w->spb + s, 0);
	}
	for (i = 0; i < d->run.nr;)
		i = nvmc_discard_end(&w->c, shard(w, d->run.block + i), &d->run, i);
	d->state = CMD_IDLE;
}

static void discard_step(struct world *w, struct discard *d, bool more)
{
	switch (d->state) {
	case CMD_IDLE:
		if (more && !pick(w, 8))
			discard_starts(w, d);
		break;
	case CMD_DRAINING:
		discard_drains(w, d);
		break;
	case CMD_IN_FLIGHT:
		if (!pick(w, 4))
			discard_ends(w, d);
		break;
	}
}

static void shrink(struct world *w)
{
	u32 n = pick(w, w->o.geo.shards), i;

	i = nvmc_shrink(&w->c, &w->c.shards[n]);
	if (i == NVMC_NONE)
		return;
	w->has[n][i] = 0;
	memset(&w->data[n][i * w->spb], 0xee, w->spb * sizeof(u32));
}

/* Those that nobody uses are on the list of such. */
static void check_groups(struct world *w, struct nvmc_shard *sh)
{
	u32 used = 0, unused = 0, i;
	struct nvmc_group *g;

	for (i = 0; i < BIT_ULL(64 - sh->bucket_shift); i++) {
		u32 n = sh->buckets[i];

		for (; n != NVMC_NONE; n = g->next, used++) {
			g = sh->groups + (size_t)n * w->c.group_size;
			if (!g->present && !g->writing)
				wrong(w, "group %llu is used by nobody", g->nr);
		}
	}
	for (i = sh->unused; i != NVMC_NONE; unused++) {
		g = sh->groups + (size_t)i * w->c.group_size;
		i = g->next;
	}
	if (used + unused != sh->nr + NVMC_DISCARDS)
		wrong(w, "%u groups used and %u not", used, unused);
}

/* What is always true of a shard. */
static void check_shard(struct world *w, struct nvmc_shard *sh)
{
	u32 n[NVMC_ORPHAN + 1] = { }, pending = 0, i;
	bool open = false;

	for (i = 0; i < sh->nr; i++) {
		n[sh->slot[i].state]++;
		if (sh->slot[i].state == NVMC_WRITING && sh->slot[i].valid != w->c.full)
			wrong(w, "slot %u is written with sectors missing", i);
		if (sh->slot[i].state == NVMC_FAILED && sh->slot[i].writers)
			wrong(w, "slot %u is given up while it is written to", i);
	}
	pending = n[NVMC_DIRTY] + n[NVMC_FILLING] + n[NVMC_WRITING] + n[NVMC_REWRITTEN];
	if (sh->pending[0] + sh->pending[1] != pending)
		wrong(w, "%u + %u pending, not %u", sh->pending[0], sh->pending[1], pending);
	if (!sh->closing && sh->pending[sh->gen ^ 1])
		wrong(w, "pending in a generation that nobody closes");
	if (n[NVMC_EMPTY] != sh->empty.nr || n[NVMC_FREE] != sh->free.nr ||
	    n[NVMC_CLEAN] != sh->clean.nr || n[NVMC_FAILED] != sh->failed.nr ||
	    n[NVMC_DIRTY] != sh->dirty.nr + sh->retry.nr)
		wrong(w, "slots are lost from the lists");
	for (i = sh->dirty.head; i != NVMC_NONE; i = sh->slot[i].next) {
		if (open && sh->slot[i].gen != sh->gen)
			wrong(w, "a block that a flush waits for is not in front");
		open = open || sh->slot[i].gen == sh->gen;
	}
	if (nvmc_has_memory(sh) < w->o.geo.reserve)
		wrong(w, "the reserve was given away");
	if (sh->room < nvmc_has_memory(sh) || sh->room > sh->nr ||
	    sh->low > sh->high || sh->high >= sh->room)
		wrong(w, "watermarks %u and %u of a room of %u", sh->low, sh->high, sh->room);
	check_groups(w, sh);
}

static void step(struct world *w, bool more)
{
	u32 what = pick(w, 100), i;

	w->now += !pick(w, 8);
	if (what < 60)
		task_step(w, &w->task[pick(w, WORLD_TASKS)], more);
	else if (what < 88)
		command_step(w, &w->cmd[pick(w, WORLD_COMMANDS)]);
	else if (what < 92)
		discard_step(w, &w->discard[pick(w, WORLD_DISCARDS)], more);
	else if (what < 95 && w->flush != FLUSH_IDLE)
		flush_step(w, false);
	else if (what == 95 && !pick(w, 2))
		flush_step(w, more);
	else if (what == 96 && more)
		forget(w);
	else if (what == 97 && more)
		shrink(w);
	else if (what == 98)
		for (i = 0; i < w->o.geo.shards; i++)
			check_shard(w, &w->c.shards[i]);
}

bool world_run(struct world *w, unsigned long steps)
{
	while (steps-- && !w->why[0])
		step(w, true);
	return !w->why[0];
}

static bool is_idle(const struct world *w)
{
	u32 i;

	for (i = 0; i < WORLD_TASKS; i++)
		if (w->task[i].kind != TASK_IDLE)
			return false;
	for (i = 0; i < WORLD_DISCARDS; i++)
		if (w->discard[i].state != CMD_IDLE)
			return false;
	return w->flush == FLUSH_IDLE;
}

/* Nothing waits for ever: so many steps are more than enough. */
static bool wait_idle(struct world *w, const char *what)
{
	unsigned long steps = 200000;

	while (!is_idle(w) && !w->why[0] && steps--)
		step(w, false);
	return is_idle(w) || wrong(w, "%s does not end", what);
}

bool world_settle(struct world *w)
{
	if (!wait_idle(w, "what was begun"))
		return false;
	flush_begins(w);
	return wait_idle(w, "the last flush") && !w->why[0];
}

bool world_read_all(struct world *w)
{
	struct task *t = &w->task[0];
	unsigned long steps = 200000;
	u64 block;

	for (block = 0; block < w->o.blocks && !w->why[0]; block++) {
		t->block = block;
		t->sectors = w->c.full;
		while (read_begins(w, t), t->kind == TASK_IDLE && !w->why[0] && steps--)
			step(w, false);
		if (t->kind == TASK_IDLE)
			return wrong(w, "block %llu cannot be read", block);
		while (t->kind != TASK_IDLE)
			read_step(w, t);
	}
	return !w->why[0];
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Errors planted in uld/cache, each of which the cache's tests must find. They
# are planted in a copy: the code carries no hooks for it. Sourced by run.sh.
# shellcheck disable=SC2154 # its variables

# library DIR ARGUMENT...: the cache, with its objects in DIR; those of the sources
# given are made anew
library()
{
	(cd "$1" && gcc "${cflags[@]}" -c -fPIC "${@:2}" && gcc "${cflags[@]}" -shared ./*.o -o libcache.so)
}

# linked TEST DIR SECONDS: with the cache of DIR, so long at most: of the
# processor, which others may be busy with
linked()
{
	(ulimit -t "$3" && RUNS=20 LD_LIBRARY_PATH=$2 timeout 300 "$out/linked_$1")
}

# mutant WHAT FILE LINE BECOMES: plant it; only the first place that matches
mutant()
{
	job plant "$@"
}

plant()
{
	local text dir="$mine" test sources=("$mine/$2")

	text=$(<"$cache/$2")
	if [[ $text != *"$3"* ]]; then
		result "not ok" "mutant: $1: $2 has no \"$3\" any more"
		return
	fi
	cp "$cache"/*.[ch] "$out"/sound/*.o "$dir"
	[[ $2 = *.c ]] || sources=("${cache_pure[@]/#"$cache"/"$dir"}")
	printf '%s\n' "${text/"$3"/"$4"}" >"$dir/$2"
	if ! library "$dir" -w "${sources[@]}" >"$log" 2>&1; then
		comment "$log"
		result "not ok" "mutant: $1: builds"
		return
	fi
	for test in cache cache_random; do
		if ! linked "$test" "$dir" 20 >"$log" 2>&1; then
			result ok "mutant: $1: found by test_$test"
			return
		fi
	done
	result "not ok" "mutant: $1: not found"
}

# The tests against the cache as a library that can be exchanged. They pass as
# long as it is sound: else they would find every error.
plant_mutants()
{
	local test dir="$out/sound" log="$out/sound/log"

	mkdir -p "$dir"
	library "$dir" "${cache_pure[@]}"
	gcc "${cflags[@]}" "$here/test_cache.c" "-L$dir" -lcache -o "$out/linked_cache"
	gcc "${cflags[@]}" "$here"/{test_cache_random,cache_world}.c "-L$dir" -lcache \
		-o "$out/linked_cache_random"
	for test in cache cache_random; do
		# in half the time that they have for an error
		linked "$test" "$dir" 10 >"$log" 2>&1 || {
			comment "$log"
			result "not ok" "mutant: none: test_$test passes"
			return
		}
	done
	mutant "a rewritten block is stored to in flight" slot.c \
		"if (s->state == NVMC_WRITING)" "if (0)"
	mutant "two versions of a block in flight" writeback.c \
		"if (g->writing & BIT_ULL(at))
		return NVMC_NOTHING;" ""
	mutant "a run takes along what is in flight" writeback.c \
		"g->ready & ~g->writing & BIT_ULL(at)" "g->ready & BIT_ULL(at)"
	mutant "a run takes along what is being stored to" writeback.c \
		"!sh->slot[g->slots[at]].writers;" "true;"
	mutant "what is being stored to is written" writeback.c \
		"if (s->writers) {" "if (0) {"
	mutant "a run takes along what has sectors missing" slot.c \
		"s->valid == c->full && !s->tries" "!s->tries"
	mutant "what has sectors missing is written" writeback.c \
		"if (s->valid != c->full) {" "if (0) {"
	mutant "the old data is not pinned while it is copied" slot.c \
		"sh->slot[*old].readers++;" ""
	mutant "others store to a slot before the old data is there" slot.c \
		"sh->slot[*slot].state = NVMC_FILLING;" "nvmc_make_dirty(c, sh, *slot);"
	mutant "a replaced version is freed while it is read" slot.c \
		"if (sh->slot[i].readers)" "if (0)"
	mutant "a clean slot is replaced while it is read" slot.c \
		"if (s->readers || (READ_ONCE(s->hot) && looked < NVMC_SCAN / 2)) {" "if (0) {"
	mutant "who needs a slot waits as long as all clean ones are in use" slot.c \
		"(READ_ONCE(s->hot) && looked < NVMC_SCAN / 2)" "s->hot"
	mutant "a failed command counts as written" writeback.c \
		"} else if (end == NVMC_WRITTEN) {" "} else if (true) {"
	mutant "the failure of an old version is forgotten" writeback.c \
		"if (end == NVMC_WRITTEN || n->gen == o->gen) {" "if (true) {"
	mutant "each version of a block is refused as if it were the first" writeback.c \
		"nvmc_inherit(c, sh, newest, o->tries, end, now);" "nvmc_inherit(c, sh, newest, 0, end, now);"
	mutant "newer data of what was refused is not given up while somebody is at it" refused.c \
		"if (end == NVMC_REFUSED && s->tries >= NVMC_TRIES - 1) {" "if (0) {"
	mutant "newer data is given up while somebody is at it" refused.c \
		"if (!dirty || s->writers) {" "if (!dirty) {"
	mutant "what others wait for is looked for from the front only" writeback.c \
		"return nvmc_fill_begin(c, sh, run->slot[0]) ? NVMC_FILL :
							      NVMC_NOTHING;" "return NVMC_NOTHING;"
	mutant "a flush does not report what was refused" writeback.c \
		"return sh->errors + left;" "return left;"
	mutant "a flush does not try again what was refused" writeback.c \
		"while (sh->failed.nr) {" "while (0) {"
	mutant "a flush waits for what comes after it, too" writeback.c \
		"sh->gen ^= 1;" ""
	mutant "a flush does not wait" writeback.c \
		"return !sh->pending[sh->gen ^ 1];" "return true;"
	mutant "what is refused after a flush began is not in it" slot.c \
		"s->gen = sh->gen;
		sh->pending[s->gen]++;" "sh->pending[s->gen]++;"
	mutant "a block is completed from an undefined range" slot.c \
		"nvmc_is_busy(c, g, block) || m->drains" "m->drains"
	mutant "a command does not wait for readers of the mapping" writeback.c \
		"if (atomic_read_acquire(&m->readers))" "if (0)"
	mutant "readers of the mapping overtake a command that waits" slot.c \
		"nvmc_is_busy(c, g, block) || m->drains" "nvmc_is_busy(c, g, block)"
	mutant "the undefined range is not rounded out" index.h \
		"last = first + (1U << c->busy_shift) - 1;" "last = first = nvmc_place(c, block);"
	mutant "who reads without the lock does not see what changes" index.h \
		"WRITE_ONCE(sh->seq, sh->seq + 1);" "WRITE_ONCE(sh->seq, sh->seq - 1);"
	mutant "who reads without the lock does not see that a slot is taken anew" slot.c \
		"nvmc_change_end(sh);
	sh->pending[sh->gen]++;" "sh->seq--;
	sh->pending[sh->gen]++;"
	mutant "who reads without the lock does not see that a slot goes" index.c \
		"nvmc_group_release(c, sh, g);
	nvmc_change_end(sh);
}

/*" "nvmc_group_release(c, sh, g);
	sh->seq--;
}

/*"
	mutant "who reads without the lock is not waited for" peek.h \
		"atomic_inc(&m->readers);" ""
	mutant "who reads without the lock reads what is undefined" peek.h \
		"nvmc_is_busy(c, g, key->block) || READ_ONCE(m->drains)" "READ_ONCE(m->drains)"
	mutant "who reads without the lock overtakes a command that waits" peek.h \
		"nvmc_is_busy(c, g, key->block) || READ_ONCE(m->drains)" "nvmc_is_busy(c, g, key->block)"
	mutant "who reads without the lock reads sectors that are not there" peek.h \
		"smp_load_acquire(&s->valid) != c->full" "0"
	mutant "a group goes before its last block" index.c \
		"if (!g->present && !g->writing)" "if (!g->writing)"
	mutant "a group goes before its last discard" index.c \
		"if (!g->present && !g->writing)" "if (!g->present)"
	mutant "a group stays after its last discard" forget.c \
		"nvmc_group_release(c, sh, g);" ""
	mutant "any number of discards at a time" forget.c \
		"sh->discards < NVMC_DISCARDS" "true"
	mutant "a discard is given up for good" forget.c \
		"sh->discards--;" ""
	mutant "what is in flight is discarded" forget.c \
		"if (g && g->writing & BIT_ULL(nvmc_place(c, block)))
		return false;" ""
	mutant "a discard does not make the mapping undefined" forget.c \
		"nvmc_make_busy(c, sh, g, block + i);" "nvmc_medium_of(c, sh, block + i)->drains++;"
	mutant "discards keep a block from being completed" forget.c \
		"!(g && nvmc_is_held(c, sh, g))" "true"
	mutant "a discard ends before its command" forget.c \
		"	for (i = 0; i < n; i++)
		nvmc_make_busy(c, sh, g, block + i);" "	for (i = 0; i < n; i++) {
		nvmc_make_busy(c, sh, g, block + i);
		g->writing = 0;
	}"
	mutant "who needs a slot waits as long as little is dirty" slot.c \
		"sh->draining = true;" ""
	mutant "the reserve is given to the shrinker" room.c \
		"keep = max(keep, c->geo.reserve);" ""
	mutant "the shrinker leaves nothing beside what is dirty" room.c \
		"keep = max(keep, c->geo.reserve);" "keep = c->geo.reserve;"
	mutant "memory that was refused is counted on" room.c \
		"nvmc_set_room(c, sh, max(nvmc_has_memory(sh), 1U));" ""
	mutant "memory that was refused once is never counted on again" room.c \
		"if (sh->room < sh->nr)" "if (false)"
	mutant "memory is trusted at once" room.c \
		"sh->room + expected + 2" "sh->nr"
	mutant "memory is asked for when there is none left" slot.c \
		"if (sh->free.nr || (sh->clean.nr" "if (false && (sh->clean.nr"
	mutant "what is clean becomes dirty and no memory is asked for" slot.c \
		"s->state == NVMC_CLEAN && may_alloc &&" "false &&"
	mutant "write-back waits for more to be dirty than there is memory for" writeback.c \
		"nr > sh->high" "nr > sh->nr * 5 / 8"
	mutant "memory is asked for again at once" room.c \
		"sh->ask_at = now + c->geo.backoff;" "sh->ask_at = now;"
	mutant "with little room one command goes at a time" room.c \
		"sh->high - min(sh->high, NVMC_SPAN)" "sh->low"
	mutant "what was discarded is never a gap again" forget.c \
		"g->holes &= ~bit;" ""
	mutant "write-back goes on until nothing is dirty" room.c \
		"sh->low = div_u64((u64)c->geo.low * room, sh->nr);" "sh->low = 0;"
	mutant "the last slot costs no more than the one before" throttle.c \
		"u32 left = dirty < limit ? limit - dirty : 1;" "u32 left = (dirty = min(dirty, limit - 1), limit - dirty);"
	mutant "a writer that never stops keeps a flush waiting" slot.c \
		"s->state == NVMC_FILLING || s->hold ||" "s->state == NVMC_FILLING ||"
	mutant "commands keep a block from being completed" writeback.c \
		"g->held_for = at + 1;" ";"
	mutant "a block that cannot be read is a gap again and again" writeback.c \
		"(g->writing | g->holes) & BIT_ULL(at)" "g->writing & BIT_ULL(at)"
	mutant "a block that could not be read once is never a gap again" writeback.c \
		"g->holes &= ~BIT_ULL(at);" ";"
	mutant "a gap is written over what is in flight" writeback.c \
		"(g->writing | g->holes) & BIT_ULL(at)" "g->holes & BIT_ULL(at)"
	mutant "a gap is not undefined in flight" index.c \
		"g->writing | BIT_ULL(nvmc_place(c, block))" "g->writing | (g->present & BIT_ULL(nvmc_place(c, block)))"
	mutant "a gap stays undefined" writeback.c \
		"WRITE_ONCE(g->writing, g->writing & ~BIT_ULL(at));
	if (end == NVMC_WRITTEN)
		g->holes &= ~BIT_ULL(at);
	if (i == NVMC_NONE)
		return;" "if (i == NVMC_NONE)
		return;
	g->writing &= ~BIT_ULL(at);"
	mutant "what failed takes others with it" writeback.c \
		"run->alone = run->one || s->tries;" "run->alone = run->one;"
	mutant "what readers cannot have is given up" slot.c \
		"(!back && s->tries < NVMC_TRIES)" "false"
	mutant "what a reader cannot have is never given up" slot.c \
		"(!back && s->tries < NVMC_TRIES)" "true"
	mutant "what is good beside a poisoned sector is thrown away" slot.c \
		"nvmc_add_sectors(s, got);" "if (got == (c->full & ~s->valid)) nvmc_add_sectors(s, got);"
	mutant "what nobody has written is dirty as some of it cannot be read" slot.c \
		"if (!s->valid && got != c->full) {" "if (!s->valid && !got) {"
	mutant "no answer counts as a refusal" writeback.c \
		"end == NVMC_SILENT" "0"
	mutant "who was refused memory waits for it, though the device is hung" slot.c \
		"if (empty && may_alloc)" "if (empty)"
	mutant "who may yet get memory is told that there is none" slot.c \
		"if (empty && may_alloc)" "if (empty > sh->nr && may_alloc)"
	mutant "a hung device is asked for many blocks" writeback.c \
		"run->alone = run->one || s->tries;" "run->alone = s->tries;"
	mutant "a hung device is asked for one block again and again" writeback.c \
		"if (!run->one)" "if (1)"
	mutant "what a flush gave up is lost to the next" writeback.c \
		"sh->pending[sh->gen] += sh->pending[closing];" ""
	mutant "a flush that was given up succeeds" writeback.c \
		"return sh->errors + left;" "return sh->errors;"
	mutant "writers wait for a flush that was given up" writeback.c \
		"sh->slot[i].hold = false;" ""
	mutant "no device is hung while others of its commands end" health.c \
		"if (h->answers != asked.answers)" "if (0)"
	mutant "each command that an abort ends counts" health.c \
		"return h->silences && now" "return 0 && now"
	mutant "what was given again during an abort never counts" health.c \
		"now - h->last <= (now - asked.at) / 2" "(s32)(asked.at - h->last) <= 0"
	mutant "an answer does not end that a device is hung" health.c \
		"WRITE_ONCE(h->silences, 0);" ""
	mutant "a hung device is asked all the time" health.c \
		"h->next = now + nvmc_patience(c, h);" ""
	mutant "a flush ends for what the device did not answer before it" health.c \
		"nvmc_is_hung(h) && (s32)(READ_ONCE(h->asked) - tick) >= 0" "nvmc_is_hung(h)"
	mutant "who needs a slot gets an error though there are clean ones" slot.c \
		"sh->failed.nr + empty == sh->nr" "sh->failed.nr"
	mutant "what failed is tried again at once" refused.c \
		"s->stamp = now + c->geo.backoff;" "s->stamp = now;"
	mutant "what is being written to is in the way of the others" writeback.c \
		"if (s->writers)
			passed++;
		else
			looked++;" "looked++;"
	mutant "write-back goes on though only what failed is left" writeback.c \
		"if (!sh->dirty.nr)
		sh->draining = false;
	else if" "if"
	mutant "a pause is time that the medium takes" throttle.c \
		"max(r->settled, r->busy)" "r->settled"
	mutant "writers meet a step" throttle.c \
		"service * (dirty - high), left" "service * dirty, left"
}

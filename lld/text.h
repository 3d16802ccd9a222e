/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking apart what a user wrote: a list, its elements, their numbers. Pure:
 * compiled in user space, too.
 */
#ifndef NVM_LLD_TEXT_H
#define NVM_LLD_TEXT_H

#include "pure.h"

/* Of the start and the size of a range: NVM_ALIGN, which is the kernel's. */
#define TEXT_ALIGN	(2ULL << 20)

/* A piece of the text, never empty by accident: p == end is an empty piece. */
struct span {
	const char *p;
	const char *end;
};

/* The largest first; what has no letter is printed in bytes. */
static const struct suffix {
	char		letter;
	unsigned int	shift;
} suffixes[] = {
	{ 'T', 40 }, { 'G', 30 }, { 'M', 20 }, { 'K', 10 },
};

static inline size_t span_len(struct span s)
{
	return s.end - s.p;
}

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline struct span trim(struct span s)
{
	while (s.p < s.end && is_space(*s.p))
		s.p++;
	while (s.p < s.end && is_space(s.end[-1]))
		s.end--;
	return s;
}

/* Cut off what is before @c, and @c itself; false if there is no @c. */
static inline bool cut(struct span *s, char c, struct span *head)
{
	const char *at = memchr(s->p, c, span_len(*s));

	*head = *s;
	if (!at) {
		s->p = s->end;
		return false;
	}
	head->end = at;
	s->p = at + 1;
	return true;
}

static inline struct span whole(const char *text)
{
	struct span s = { text, text + strlen(text) };

	return trim(s);
}

/* Text of the user in a line of the log: short and printable. */
static inline const char *quote(struct span s, char *buf, size_t len)
{
	size_t room = len - sizeof("...");
	size_t n = span_len(s) < room ? span_len(s) : room;
	size_t i;

	for (i = 0; i < n; i++)
		buf[i] = s.p[i] > ' ' && s.p[i] < 0x7f ? s.p[i] : '?';
	buf[n] = '\0';
	if (n < span_len(s))
		memcpy(buf + n, "...", sizeof("..."));
	return buf;
}

/* Not memparse(): it is silent about overflow. Returns what is wrong or NULL. */
static inline const char *take_digits(struct span *s, unsigned int base,
				      u64 *val)
{
	const char *first = s->p;

	for (*val = 0; s->p < s->end && pure_digit(*s->p) < base; s->p++) {
		if (check_mul_overflow(*val, (u64)base, val) ||
		    check_add_overflow(*val, (u64)pure_digit(*s->p), val))
			return "the number is too big";
	}
	return s->p == first ? "not a number" : NULL;
}

static inline const char *take_suffix(struct span *s, u64 *val)
{
	size_t i;

	if (s->p == s->end)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if ((*s->p & ~0x20) != suffixes[i].letter)
			continue;
		s->p++;
		if (*val > U64_MAX >> suffixes[i].shift)
			return "the number is too big";
		*val <<= suffixes[i].shift;
		return NULL;
	}
	return NULL;
}

static inline bool is_hex(struct span s)
{
	return span_len(s) >= 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
}

/* memparse() would take 010 for 8, a human for 10. */
static inline bool is_octal(struct span s)
{
	return span_len(s) >= 2 && s.p[0] == '0' && pure_digit(s.p[1]) < 10;
}

/* Returns what is wrong with all of @s as a number, or NULL. */
static inline const char *text_number(struct span s, bool suffix, u64 *val)
{
	unsigned int base = 10;
	const char *wrong;

	if (is_octal(s))
		return "a leading 0 is not allowed";
	if (is_hex(s)) {
		base = 16;
		s.p += 2;
	}
	wrong = take_digits(&s, base, val);
	if (!wrong && suffix)
		wrong = take_suffix(&s, val);
	if (!wrong && s.p != s.end)
		wrong = "not a number";
	return wrong;
}

static inline const char *text_check_range(u64 start, u64 size)
{
	if (!size)
		return "the size is 0";
	if (size % TEXT_ALIGN)
		return "the size is not a multiple of 2M";
	if (start % TEXT_ALIGN)
		return "the start is not a multiple of 2M";
	if (start > U64_MAX - size)
		return "start + size is too big";
	return NULL;
}

/* size@start. Returns what is wrong, or NULL. */
static inline const char *text_range(struct span s, u64 *start, u64 *size)
{
	struct span head;
	const char *wrong;

	if (!cut(&s, '@', &head))
		return "not of the form size@start";
	wrong = text_number(head, true, size);
	if (!wrong)
		wrong = text_number(s, true, start);
	return wrong ?: text_check_range(*start, *size);
}

#endif /* NVM_LLD_TEXT_H */

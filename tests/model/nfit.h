/* SPDX-License-Identifier: GPL-2.0-only */
/* NVDIMM tables made by hand, true ones and others. */
#ifndef NVM_MODEL_NFIT_H
#define NVM_MODEL_NFIT_H

#include "../../lld/nfit/plan.h"

#define NFIT_MAX	(1 << 20)

/**
 * struct nfit - a table that is being made
 * @len: bytes
 * @buf: the structures
 */
struct nfit {
	size_t		len;
	unsigned char	buf[NFIT_MAX];
};

static inline void put(unsigned char *p, u64 val, size_t bytes)
{
	while (bytes--) {
		*p++ = val;
		val >>= 8;
	}
}

/* A structure of zeros but for its head; may say another length. */
static inline unsigned char *nfit_add(struct nfit *n, u16 type, size_t len)
{
	unsigned char *p = n->buf + n->len;

	if (n->len + len > sizeof(n->buf))
		abort();
	memset(p, 0, len);
	put(p, type, 2);
	put(p + 2, len, 2);
	n->len += len;
	return p;
}

static const unsigned char nfit_pmem[16] = {
	0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
	0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb
};

static const unsigned char nfit_volatile[16] = {
	0x4f, 0x94, 0x05, 0x73, 0xda, 0xfd, 0xe3, 0x44,
	0xb1, 0x6c, 0x3f, 0x22, 0xd2, 0x52, 0xe5, 0xd0
};

static inline unsigned char *nfit_spa(struct nfit *n, u16 index,
				      const unsigned char *guid, u64 start,
				      u64 size)
{
	unsigned char *p = nfit_add(n, 0, 64);

	put(p + 4, index, 2);
	memcpy(p + 16, guid, 16);
	put(p + 32, start, 8);
	put(p + 40, size, 8);
	return p;
}

static inline unsigned char *nfit_map(struct nfit *n, u32 handle, u16 spa,
				      u16 dimm, u16 flags)
{
	unsigned char *p = nfit_add(n, 1, 48);

	put(p + 4, handle, 4);
	put(p + 12, spa, 2);
	put(p + 14, dimm, 2);
	put(p + 42, 1, 2);
	put(p + 44, flags, 2);
	return p;
}

static inline unsigned char *nfit_dimm(struct nfit *n, u16 index, u32 serial)
{
	unsigned char *p = nfit_add(n, 4, 32);

	put(p + 4, index, 2);
	put(p + 6, 0x8680, 2);
	put(p + 8, 0x0100, 2);
	put(p + 24, serial, 4);
	return p;
}

static inline unsigned char *nfit_hint(struct nfit *n, u32 handle, u64 addr)
{
	unsigned char *p = nfit_add(n, 6, 24);

	put(p + 4, handle, 4);
	put(p + 8, 1, 2);
	put(p + 16, addr, 8);
	return p;
}

static inline unsigned char *nfit_caps(struct nfit *n, u32 caps)
{
	unsigned char *p = nfit_add(n, 7, 16);

	p[4] = 2;
	put(p + 8, caps, 4);
	return p;
}

#endif /* NVM_MODEL_NFIT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's memory model by what compilers offer, none of it weaker. */
#ifndef NVM_LOCKLESS_H
#define NVM_LOCKLESS_H

typedef struct { int counter; } atomic_t;

#define READ_ONCE(x)			__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val)		__atomic_store_n(&(x), val, __ATOMIC_RELAXED)
#define smp_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, val)	__atomic_store_n(p, val, __ATOMIC_RELEASE)
#define smp_mb()			__sync_synchronize()
#define smp_rmb()			smp_mb()
#define smp_wmb()			smp_mb()
#define smp_mb__after_atomic()		((void)0)
#define atomic_read_acquire(v)		smp_load_acquire(&(v)->counter)
#define atomic_inc(v)			((void)__atomic_add_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_dec_and_test(v)		(!__atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST))

#endif /* NVM_LOCKLESS_H */

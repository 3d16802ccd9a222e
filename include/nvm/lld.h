/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that a low-level driver needs: describe memory, register it, resize it,
 * take it away. See Documentation/writing-an-lld.rst.
 *
 * A simple find, on a device that can be unbound:
 *
 *	r = devm_nvm_region_register(dev, &desc);
 *	return PTR_ERR_OR_ZERO(r);
 *
 * An LLD that changes several regions at once, all or nothing, does what can
 * fail first and commits or aborts afterwards:
 *
 *	nvm_region_hold_idle()       then  _remove_idle()    or  _release_idle()
 *	nvm_region_resize_prepare()  then  _resize_commit()  or  _resize_abort()
 *	nvm_region_alloc(), _add()   then  _offer()          or  _unregister()
 *
 * Lock order: a lock of the LLD, then what these functions take (the region's
 * device lock, the disk's open mutex, the region's lock). None of the ops
 * of an LLD may take a lock under which it calls these functions.
 */
#ifndef NVM_LLD_H
#define NVM_LLD_H

#include <linux/list.h>
#include <linux/module.h>
#include <nvm/region.h>

struct nvm_region *__nvm_region_alloc(struct device *parent,
				      const struct nvm_region_desc *desc,
				      char *why, struct module *owner,
				      const char *lld_name);
struct nvm_region *
__devm_nvm_region_register(struct device *parent,
			   const struct nvm_region_desc *desc,
			   struct module *owner, const char *lld_name);

/**
 * nvm_region_alloc() - make a region that is not yet on the bus
 * @parent: device of the LLD that found the memory; not NULL
 * @desc: the memory; copied
 * @why: %NVM_REASON_MAX + 1 bytes for the cause of a refusal, which the caller
 *	 then logs; NULL has it logged here, with the range and the owner
 *
 * @desc is checked, and with %NVM_CAP_DAX also whether its range is RAM or
 * another region's; the claim on the addresses is the LLD's. On success the
 * caller owns a reference and ends it by nvm_region_unregister();
 * &nvm_region_ops.release will be called once. On failure nothing is kept and
 * @release is not called.
 *
 * Context: may sleep.
 * Return: the region, or ERR_PTR: -EINVAL for an impossible descriptor,
 * -EEXIST for a uid that is taken, -ENOMEM when there is no memory, -ENOSPC
 * when there is no number. If the region is to have struct pages
 * (%NVM_CAP_DAX) also -ENOMEM when there is not enough for them, -ERANGE when
 * they cannot be made there, -EBUSY when the range is RAM or another region's.
 */
#define nvm_region_alloc(parent, desc, why) \
	__nvm_region_alloc(parent, desc, why, THIS_MODULE, KBUILD_MODNAME)

/**
 * devm_nvm_region_register() - find, in one call
 * @parent: device of the LLD, bound to its driver: when it is unbound the
 *	    region goes, as by nvm_region_unregister()
 * @desc: as for nvm_region_alloc()
 *
 * Context: may sleep.
 * Return: as nvm_region_alloc() and nvm_region_add(). On failure
 * &nvm_region_ops.release has not been and will not be called.
 */
#define devm_nvm_region_register(parent, desc) \
	__devm_nvm_region_register(parent, desc, THIS_MODULE, KBUILD_MODNAME)

int nvm_region_add(struct nvm_region *r);
void nvm_region_offer(struct nvm_region *r);
void nvm_region_unregister(struct nvm_region *r);
void nvm_region_lost(struct nvm_region *r);
void nvm_region_set_lost(struct nvm_region *r);
void devm_nvm_region_lost(struct device *parent, struct nvm_region *r);

int nvm_region_hold_idle(struct nvm_region *r);
void nvm_region_release_idle(struct nvm_region *r);
void nvm_region_remove_idle(struct nvm_region *r);

int nvm_region_resize_prepare(struct nvm_region *r, u64 size);
void nvm_region_resize_commit(struct nvm_region *r);
void nvm_region_resize_abort(struct nvm_region *r);

int nvm_region_change(struct nvm_region *r, const struct nvm_region_desc *desc,
		      void (*apply)(void *data), void *data, char *why);

void nvm_cmd_complete(struct nvm_cmd *cmd, int status);
void nvm_cmd_hold(struct nvm_region *r);
void nvm_cmd_release(struct nvm_region *r);

/* Longest that a copy can be told to take, ns: nobody else gets the CPU. */
#define NVM_READ_DELAY_MAX	1000000U

void nvm_region_set_read_delay(struct nvm_region *r, unsigned int ns);
void nvm_region_poison(struct nvm_region *r, u64 off, u64 len);
void nvm_region_set_read_only(struct nvm_region *r, const char *why);

int nvm_check_range(phys_addr_t start, u64 size, char *why, size_t why_len);
int nvm_check_not_pci(phys_addr_t start, u64 size, char *why, size_t why_len);
int nvm_claim_failure(phys_addr_t start, u64 size, char *why, size_t why_len);
int nvm_claim_range(phys_addr_t start, u64 size, const char *name, char *why,
		    size_t why_len);
int nvm_check_page_memory(u64 size, char *why, size_t why_len);
bool nvm_range_owner(phys_addr_t start, u64 size, char *who, size_t who_len);
void nvm_lld_drain(struct module *owner);

/**
 * struct nvm_scanner - an LLD that can look again for its memory
 * @scan: look, register what came, take away what went; the core asks one LLD
 *	  at a time. 0, or an errno that the user gets. May sleep, for a time
 *	  that a user waits; takes no lock under which the scanner is
 *	  unregistered
 * @name: the core's
 * @node: the core's
 *
 * For hardware that does not announce what changes. An LLD without one is not
 * asked. Embed it where @scan needs more than it.
 */
struct nvm_scanner {
	int			(*scan)(struct nvm_scanner *s);
	const char		*name;
	struct list_head	node;
};

void __nvm_scanner_register(struct nvm_scanner *s, const char *name);

/**
 * nvm_scanner_register() - have @scan called when user space asks for it
 * @s: with @scan; stays the LLD's, which takes it back by
 *     nvm_scanner_unregister()
 *
 * Context: may sleep, not under a lock that @scan takes: module init is a good
 * place.
 */
#define nvm_scanner_register(s) \
	__nvm_scanner_register(s, KBUILD_MODNAME)

void nvm_scanner_unregister(struct nvm_scanner *s);

/**
 * module_nvm_lld() - module_init and module_exit of an LLD
 * @driver: the driver to register
 * @reg: how, for example platform_driver_register
 * @unreg: how to take it away again
 *
 * Opens pin an LLD, being claimed does not; so at exit its regions are idle,
 * but the last reference to one may still be on its way out. The exit waits.
 */
#define module_nvm_lld(driver, reg, unreg)		\
static int __init driver##_init(void)			\
{							\
	return reg(&(driver));				\
}							\
module_init(driver##_init);				\
static void __exit driver##_exit(void)			\
{							\
	unreg(&(driver));				\
	nvm_lld_drain(THIS_MODULE);			\
}							\
module_exit(driver##_exit)

#endif /* NVM_LLD_H */

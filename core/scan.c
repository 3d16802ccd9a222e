// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking again: user space asks, the core asks the LLDs that can. What they
 * find arrives as ever.
 */
#include "core.h"

static LIST_HEAD(nvm_scanners);
/* Held while an LLD looks: the outermost lock, see core.h. */
static DEFINE_MUTEX(nvm_scan_mutex);

/**
 * __nvm_scanner_register() - see nvm_scanner_register()
 * @s: what the LLD fills in
 * @name: its module
 */
void __nvm_scanner_register(struct nvm_scanner *s, const char *name)
{
	guard(mutex)(&nvm_scan_mutex);
	s->name = name;
	list_add_tail(&s->node, &nvm_scanners);
}
EXPORT_SYMBOL_GPL(__nvm_scanner_register);

/**
 * nvm_scanner_unregister() - do not ask any more
 * @s: as given to nvm_scanner_register()
 *
 * Waits for a scan under way, so not under a lock that &nvm_scanner.scan takes.
 *
 * Context: may sleep.
 */
void nvm_scanner_unregister(struct nvm_scanner *s)
{
	guard(mutex)(&nvm_scan_mutex);
	list_del(&s->node);
}
EXPORT_SYMBOL_GPL(nvm_scanner_unregister);

/**
 * nvm_scan() - ask each LLD that can to look again
 *
 * One that fails does not keep the others from being asked.
 *
 * Context: process context, may sleep; ends early, with none asked, on a
 * signal.
 * Return: 0, the errno of the first that failed, or -EINTR.
 */
int nvm_scan(void)
{
	struct nvm_scanner *s;
	int err, first = 0;

	if (mutex_lock_interruptible(&nvm_scan_mutex))
		return -EINTR;
	list_for_each_entry(s, &nvm_scanners, node) {
		err = s->scan(s);
		if (err)
			pr_err("nvm: scan: %s could not look again: error %d\n",
			       s->name, err);
		first = first ?: err;
	}
	mutex_unlock(&nvm_scan_mutex);
	return first;
}

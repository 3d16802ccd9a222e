// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_rival: ULDs for tests of claiming. One takes type 1 without raising a
 * disk, one is better but declines with a reason, one has no probe.
 */
#include <nvm/uld.h>

static int priority = 10;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "of the ULD nvm_rival");

static int probe_err;
module_param(probe_err, int, 0644);
MODULE_PARM_DESC(probe_err, "what its probe returns");

static int quiesce_err;
module_param(quiesce_err, int, 0644);
MODULE_PARM_DESC(quiesce_err, "what it says when dirty data is to become durable");

static ulong needs;
module_param(needs, ulong, 0444);
MODULE_PARM_DESC(needs, "capabilities it needs");

static bool broken;
module_param(broken, bool, 0444);
MODULE_PARM_DESC(broken, "also register a ULD without probe");

static int rival_probe(struct nvm_region *r)
{
	if (probe_err)
		nvm_decline(r, "told to decline with %d", probe_err);
	return probe_err;
}

static void rival_remove(struct nvm_region *r)
{
}

static int rival_quiesce(struct nvm_region *r)
{
	return quiesce_err;
}

static struct nvm_uld nvm_rival = {
	.driver.name	= "nvm_rival",
	.types		= BIT(NVM_TYPE_MAPPED),
	.probe		= rival_probe,
	.remove		= rival_remove,
	.quiesce	= rival_quiesce,
};

static struct nvm_uld nvm_broken = {
	.driver.name	= "nvm_broken",
	.types		= BIT(NVM_TYPE_MAPPED),
	.remove		= rival_remove,
};

static int __init rival_init(void)
{
	if (broken)
		return nvm_uld_register(&nvm_broken);
	nvm_rival.priority = priority;
	nvm_rival.needs = needs;
	return nvm_uld_register(&nvm_rival);
}
module_init(rival_init);

static void __exit rival_exit(void)
{
	nvm_uld_unregister(&nvm_rival);
}
module_exit(rival_exit);

MODULE_DESCRIPTION("ULDs for tests of claiming");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A complete shim, for a module that nobody makes. Its data sheet is in
 * Documentation/bring-up-ddr3.rst.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <nvm/ddr3.h>

#define NV1_ID		0x00	/* reads as NV1_ID_VALUE */
#define NV1_ID_VALUE	0x4e
#define NV1_STATUS	0x01
#define NV1_ARMED	BIT(0)
#define NV1_ENERGY	BIT(1)
#define NV1_CONTROL	0x02
#define NV1_ARM		0x01
#define NV1_ARM_MS	2000

static unsigned long long start, size;
module_param_hw(start, ullong, iomem, 0444);
MODULE_PARM_DESC(start, "first physical address of the module's memory");
module_param(size, ullong, 0444);
MODULE_PARM_DESC(size, "bytes of it");

static int nv1_enable(void *data, const char **why)
{
	struct i2c_client *client = data;
	int ms, status = 0;

	*why = "what answers is not an NV1";
	if (i2c_smbus_read_byte_data(client, NV1_ID) != NV1_ID_VALUE)
		return -ENODEV;
	*why = "it cannot be armed";
	if (i2c_smbus_write_byte_data(client, NV1_CONTROL, NV1_ARM))
		return -EIO;
	for (ms = 0; ms < NV1_ARM_MS && !(status & NV1_ARMED); ms += 100) {
		msleep(100);
		status = i2c_smbus_read_byte_data(client, NV1_STATUS);
		if (status < 0)
			return status;
	}
	return status & NV1_ARMED ? 0 : -ETIMEDOUT;
}

static const char *nv1_health(void *data)
{
	int status = i2c_smbus_read_byte_data(data, NV1_STATUS);

	if (status < 0)
		return "it does not answer";
	if (!(status & NV1_ENERGY))
		return "not enough energy for a save";
	return status & NV1_ARMED ? NULL : "not armed";
}

static const struct nvm_ddr3_ops nv1_ops = {
	.enable		= nv1_enable,
	.health		= nv1_health,
	.enable_ms	= 5 * NV1_ARM_MS,
	.poll_ms	= 1000,
};

static int nv1_probe(struct i2c_client *client)
{
	struct nvm_ddr3_module m = {
		.start	= start,
		.size	= size,
		.model	= "NV1",
		.ops	= &nv1_ops,
		.data	= client,
	};

	return devm_nvm_ddr3_add(&client->dev, &m);
}

static const struct i2c_device_id nv1_ids[] = {
	{ "example_nv1" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, nv1_ids);

static struct i2c_driver nv1_driver = {
	.driver.name	= "example_shim",
	.nvm_i2c_probe	= nv1_probe,
	.id_table	= nv1_ids,
};
module_nvm_lld(nv1_driver, i2c_add_driver, i2c_del_driver);

MODULE_DESCRIPTION("Example of a shim: a DDR3 module on the SMBus");
MODULE_LICENSE("GPL");

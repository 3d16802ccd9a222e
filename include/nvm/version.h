/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of the modules, of nvmctl and of the packages: here, and nowhere
 * else. The scripts read this line.
 */
#ifndef NVM_VERSION_H
#define NVM_VERSION_H

#define NVM_VERSION	"0.1"

#endif /* NVM_VERSION_H */

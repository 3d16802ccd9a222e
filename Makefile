# SPDX-License-Identifier: GPL-2.0-only

KDIR ?= /lib/modules/$(shell uname -r)/build

# BTF needs pahole; kernel headers with a vmlinux would stop the build
btf := $(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)

.PHONY: all modules modules_install clean help
all: modules

modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(btf) $@

# A driver of your own, in a directory with a Kbuild of its own, where its
# modules end up: Documentation/writing-an-lld.rst
.PHONY: driver
driver:
	@test -e '$(DRIVER)/Kbuild' || { echo 'make driver DRIVER=a directory with a Kbuild' >&2; exit 1; }
	@mkdir -p build && ln -sfn '$(abspath $(DRIVER))' build/driver
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(btf) NVM_DRIVER=build/driver modules

# DKMS builds for each kernel, now and later: Documentation/install.rst
PREFIX ?= /usr/local
.PHONY: install uninstall deb
install uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' KVER='$(KVER)' scripts/install.sh $@

deb:
	@scripts/make-deb.sh

clean:
	@if [ -e $(KDIR)/Makefile ]; then $(MAKE) -C $(KDIR) M=$(CURDIR) $@; fi
	$(RM) -r build

# The rest needs none of the host's kernel: see tests/vm/README.md
.PHONY: check check-static check-model check-vm check-debug check-debug-sample check-kcsan check-all check-long coverage vm demo bench
# MORE=debug-sample: and that, in one sum
check:
	@tests/run.sh static model vm $(MORE)

check-all:
	@NVM_EVERY=1 tests/run.sh static model vm debug

check-static check-model check-vm check-debug check-debug-sample check-kcsan: check-%:
	@tests/run.sh $*

# A seed that a test prints repeats its choices: NVM_SEED=
check-long:
	@NVM_LONG=1 tests/run.sh vm debug

vm:
	@KERNEL='$(KERNEL)' CMDLINE='$(CMDLINE)' QEMU='$(QEMU)' tests/vm/shell.sh

demo:
	@KERNEL='$(KERNEL)' tests/demo.sh

coverage:
	@tests/coverage.sh

bench:
	@tests/bench/run.sh
	@tests/bench/cache.sh

export KERNEL TESTS

help:
	@echo 'make [KDIR=...]       build the modules (default: for the running kernel)'
	@echo 'make driver DRIVER=DIR  build a driver of your own, in DIR, against this tree'
	@echo 'make modules_install  install them below /lib/modules'
	@echo 'make install          all of it, for DKMS; PREFIX= DESTDIR= KVER="kernels"'
	@echo 'make uninstall        take that away again'
	@echo 'make deb              Debian packages, in build/deb'
	@echo 'make clean            remove everything built'
	@echo ''
	@echo 'make check            all tests, in this order:'
	@echo 'make check-static     compilers, sparse, checkpatch, documentation, shellcheck'
	@echo 'make check-model      the pure code and nvmctl in user space'
	@echo 'make check-vm         Debian kernels 6.1 and 6.12 in QEMU'
	@echo '                      KERNEL=6.12 only this kernel, TESTS="010-*" only these'
	@echo 'make check-debug      the VM tests on a kernel with KASAN, lockdep, kmemleak, ...'
	@echo 'make check-debug-sample  what is made for that kernel, and some of the others'
	@echo 'make check-kcsan      the VM tests on a kernel that looks for data races'
	@echo 'make check-all        check, with every VM test on both kernels, and check-debug'
	@echo 'make check-long       the tests that have a long form, in it: hours'
	@echo 'make vm               a shell in the VM; KERNEL= CMDLINE="..." QEMU="..."'
	@echo 'make coverage         the lines of the modules that the VM tests run'
	@echo 'make demo             a guided tour in the VM'
	@echo 'make bench            what I/O costs beside nd_pmem, brd and the caches'

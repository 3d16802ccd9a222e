# SPDX-License-Identifier: GPL-2.0-only
#
# Print "DIRECTORY MODULE" for each module that Kbuild makes for a kernel, so
# that no other file has a list of them. From the directory of the source:
#
#	make -s -f modules.mk KDIR=/lib/modules/$(uname -r)/build

KBUILD_EXTMOD := .
-include $(KDIR)/include/config/auto.conf

# walk DIRECTORY: read its Kbuild, then those of the directories it names
define walk
obj-m :=
obj-y :=
src := $(1)
include $(1)/Kbuild
here := $$(addprefix $(1)/,$$(obj-m) $$(obj-y))
modules := $$(modules) $$(filter %.o,$$(here))
$$(foreach d,$$(filter %/,$$(here)),$$(eval $$(call walk,$$(d:/=))))
endef

.PHONY: list
list:
	@:$(foreach m,$(modules),$(info $(patsubst ./%,%,$(dir $(m))) $(basename $(notdir $(m)))))

$(eval $(call walk,.))

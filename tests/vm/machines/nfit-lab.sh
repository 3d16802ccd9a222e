# SPDX-License-Identifier: GPL-2.0-only
# A firmware whose NVDIMM table a test can write, over the memory that is
# reserved for emulation; nfit-lab.asl reads it from a box, reserved too. That is
# below 4 GiB: QEMU's DSDT has 32 bits, and so have all that come with it. The
# static table has 16 MiB at 896 MiB.
# shellcheck shell=bash disable=SC2034,SC2154

CMDLINE+=' modprobe.blacklist=nfit memmap=2M$0x60000000 nfit.box=0x60000000'
sed 's/BOX_ADDR/0x60000000/' "$VM_HERE/data/nfit-lab.asl" >"$VM_WORK/nfit-lab.asl"
if iasl -p "$VM_WORK/nfit-lab" "$VM_WORK/nfit-lab.asl" >"$VM_WORK/iasl.log" 2>&1; then
	"$VM_HERE/data/nfit.py" --body "spa:1:pmem:$((NVM_SS + (896 << 20))):0x1000000" \
		map:1:1:1:0 dimm:1:0x5747 >"$VM_WORK/nfit.bin"
	QEMU_ARGS=(-acpitable "file=$VM_WORK/nfit-lab.aml"
		-acpitable "sig=NFIT,rev=1,oem_id=NVM,data=$VM_WORK/nfit.bin")
else
	vm_say "$(cat "$VM_WORK/iasl.log")"
fi

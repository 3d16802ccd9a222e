# proves: of a table that lies nothing is taken wrongly: one line, no claim, no warning; what is sound beside a lie is taken
# kernels: either
# vm: nfit-lab
# shellcheck source=tests/vm/t/lib-nfit.sh
. /payload/t/lib-nfit.sh

MEMMAP=/sys/module/nvm_memmap/parameters

# refused LINE WORD...: with this table there is no region, and the line is said
refused()
{
	[ -z "$(regions)" ] || fail "there was $(regions) before"
	refused_beside "$@"
}

# refused_beside LINE WORD...: so, and what there is stays
refused_beside()
{
	local line=$1 had

	shift
	had=$(regions)
	must box "$@"
	must bind_lab
	same "$had" "$(regions)" "regions: $*"
	! grep ' : nvm_nfit' /proc/iomem || fail "claimed: $*"
	expect_log "$line"
	must unbind_lab
}

lab_up
good="spa:1:pmem:$(at 0):0x1000000"
refused 'byte 64 of the table: ends within the head' "$good" raw:00
refused 'byte 64 of the table: a structure is shorter than its head' "$good" raw:0000000000000000
refused 'byte 64 of the table: a structure is longer than what is left' "$good" raw:0000ffff
refused 'a region mapping structure has 8 bytes and needs 48' "$good" raw:0100080000000000
refused 'a flush hint structure has 16 bytes and needs 524296' "$good" raw:0600100001000000ffff000000000000
refused 'two platform capabilities structures' "$good" caps:1 caps:2
refused 'is not taken: it is volatile memory' "spa:1:volatile:$(at 0):0x1000000"
refused 'is not taken: it is of a kind that ACPI does not name' "spa:1:odd:$(at 0):0x1000000"
refused 'is not taken: it is empty' "spa:1:pmem:$(at 0):0"
refused 'is not taken: it wraps around' "spa:1:pmem:$(at 0):0xffffffffffffffff"
refused 'is not taken: its start is not a multiple of 2 MiB' "spa:1:pmem:$(printf '0x%x' $((NVM_SS + 4096))):0x1000000"
refused 'is not taken: it is smaller than 2 MiB' "spa:1:pmem:$(at 0):4096"
refused 'is not taken: overlaps the range at' "$good" "spa:2:pmem:$(at 8):0x1000000"
refused 'is not taken: another range has its index, 1' "$good" "spa:1:pmem:$(at 64):0x1000000"
refused 'is not taken: DIMM 0x7 is mapped into it twice' "$good" map:7:1:1:0 map:7:1:1:0
refused 'is not taken: DIMM 0x7 .unknown. could not be mapped' "$good" map:7:1:1:0x40
refused 'is not taken: DIMM 0x7 is said to have 0x1000001 bytes of it' "$good" map:7:1:1:0:0:1:0x1000001
refused 'is not taken: its DIMMs have 0x800000 of its 0x1000000 bytes' "$good" map:7:1:1:0:0:1:0x800000
# sound to look at, but not memory that can be had
refused 'is not taken: is or has system RAM' spa:1:pmem:0x1000000:0x1000000
refused 'is not taken: outside what this machine can map' spa:1:pmem:0x7ffffff000000000:0x1000000
refused 'is not taken: .* is for PCI devices' spa:1:pmem:0xe0000000:0x1000000
refused 'is not taken: .* belongs to a driver of persistent memory' spa:1:pmem:0x110000000:0x1000000
refused 'DIMM 0x7 is mapped into range 9, which the table does not have' map:7:9:1:0
# who was first keeps it, and each is told who that is
must modprobe nvm_memmap "map=16M@$(at 8)"
settle
refused_beside 'is not taken: overlaps nvm0 of nvm_memmap' "$good"
must rmmod nvm_memmap
must box "$good"
must bind_lab
settle
must modprobe nvm_memmap
must_fail EBUSY sysfs_write $MEMMAP/add "16M@$(at 8)"
[[ $(<$MEMMAP/last_error) == *'nvm0 of nvm_nfit'* ]] || fail "nvm_memmap says $(<$MEMMAP/last_error)"
settle
must rmmod nvm_memmap
same nvm0 "$(regions)" 'regions'
must unbind_lab
# of an odd end the rest is taken
must box "spa:1:pmem:$(at 0):0xfe1000"
must bind_lab
settle
same $((14 << 20)) "$(cat $NVM/*/size)" "size"
expect_log 'the last 0x1e1000 bytes of the range are left out'
must unbind_lab
# two DIMMs of one name: the first has it
must box "spa:1:pmem:$(at 0):0x1000000" map:1:1:1:0 "spa:2:pmem:$(at 64):0x1000000" map:2:2:1:0 dimm:1:9
must bind_lab
settle
same "$(at 0)" "$(cat $NVM/*/start)" "start"
expect_log 'is not taken: uid nfit-8086-0001-00000009 is taken by nvm'
must unbind_lab
# what is sound is taken
must box spa:1:pmem:0x1000000:0x1000000 map:1:1:1:0 "spa:2:pmem:$(at 0):0x1000000" map:2:2:2:0 dimm:2:5
must bind_lab
settle
same nfit-8086-0001-00000005 "$(cat $NVM/*/uid)" "the sound one"
same "$(at 0)" "$(cat $NVM/*/start)" "its start"
must unbind_lab

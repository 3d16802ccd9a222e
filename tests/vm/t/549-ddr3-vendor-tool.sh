# proves: the example of udev rules has a tool in user space find memory, arm the module on its SMBus, and add its range to nvm_memmap; what is not armed is not added
# kernels: either
# vm: e820
# shellcheck source=tests/vm/t/lib-ddr3.sh
. /payload/t/lib-ddr3.sh
# shellcheck source=tests/vm/t/lib-pmem.sh
. /payload/t/lib-pmem.sh

RULES=/etc/udev/rules.d/90-nvm-probe.rules
ctl=$(command -v nvmctl)
tool=$PWD/vendor-tool

# rules SED...: the example's, with the paths of this machine
rules()
{
	must sed -e "s#/usr/sbin/nvmctl#$ctl#" "$@" /payload/scripts/udev/90-nvm-probe.rules.example >$RULES
	udev_reload
}

e820_free
at_exit nvm_unload
at_exit udev_reload
at_exit rm -f $RULES
# what the firmware marks; memmap=nn!ss does not get as far as its map
must mkdir -p sys/firmware/memmap/0
echo "Persistent Memory (legacy)" >sys/firmware/memmap/0/type
echo 0x130000000 >sys/firmware/memmap/0/start
echo 0x137ffffff >sys/firmware/memmap/0/end
rules -e "s#/usr/lib/nvmctl/nvm-probe-e820#/usr/bin/env SYSFS=$PWD/sys NVMCTL=$ctl /payload/scripts/udev/nvm-probe-e820#"
must sysfs_write $DEV/uevent add
wait_for '[ -e $REGION ]' 30
same "128M@0x130000000" "$(<$MEMMAP/map)" 'what nvm-probe-e820 added'
disk_up
must rmmod nvm_memmap

# as a vendor would: select the page, arm, wait, and say what is armed now
cat >"$tool" <<'SH'
#!/bin/sh
set -- "$1" 0x28
i2cset -y "$@" 0x00 0x00
[ "$(i2cget -y "$@" 0x60)" = 0xa5 ] || exit 1
i2cset -y "$@" 0x45 0x01
for n in 1 2 3 4 5; do
	case $(i2cget -y "$@" 0x6a) in
	0x05) echo 128M@0x130000000; exit ;;
	0x02) exit 1 ;;
	esac
done
SH
chmod +x "$tool"
rules -e '/^#ACTION/,$s/^#//' -e "s#SMBus I801\*#nvm_fake_ctrl#" -e "s#/usr/sbin/vendor-tool#$tool#"
grep -q "^ACTION.*nvm_fake_ctrl" $RULES || fail "the rule for a vendor's tool is not in the example"
must modprobe i2c-dev
must modprobe nvm_fake_ctrl arm=fails
settle
wait_for '[ "$(<$CTRL/arms)" = 1 ]' 30
udev_settle
[ ! -e $MEMMAP ] || same '' "$(<$MEMMAP/map)" 'regions of a module that is not armed'
must rmmod nvm_fake_ctrl
must modprobe nvm_fake_ctrl
wait_for '[ -e $REGION ]' 30
same "128M@0x130000000" "$(<$MEMMAP/map)" 'what the tool added'
same 1 "$(<$CTRL/arms)" 'commands to arm'
disk_up
must write_at 0 4096

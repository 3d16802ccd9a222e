# proves: make install builds by DKMS in a real Debian, what it built loads in its kernel, with a driver made elsewhere, kernels that it refuses install all the same, and make uninstall leaves nothing
# kernels: 6.12
# timeout: 1200
# shellcheck source=tests/vm/host/lib-debian.sh
. "$VM_HERE/host/lib-debian.sh"

# kernel NAME CHANGE: one that has only headers
kernel()
{
	must in_debian "mkdir -p /lib/modules/$1 && cp -as /usr/src/linux-headers-$kver /lib/modules/$1/build &&
		cd /lib/modules/$1/build && cp --remove-destination \$(readlink .config) .config && $2"
}

debian_start
debian_files before
# a kernel that cannot be built for is a failure, at the end: all else is there
bad=${kver%%[.-]amd64}-bad
kernel "$bad" 'rm Makefile'
in_debian "make install KVER='$bad $kver'" >install.log 2>&1 && fail "no failure: $(tail -n 5 install.log)"
cat install.log
grep -q "^install: dkms cannot build for $bad; all else is done" install.log || fail "it does not say so"
must in_debian "rm -r /lib/modules/$bad"
version=$(in_debian 'scripts/install.sh version')
in_debian 'dkms status' >status
grep -qxF "nvm-core/$version, $kver, x86_64: installed" status || fail "dkms: $(cat status)"

# all that Kbuild makes for this kernel, and each of the version that nvmctl has
in_debian "make -s -f scripts/dkms/modules.mk KDIR=/lib/modules/$kver/build" >modules
grep -q ' nvm_core$' modules || fail "no list of modules: $(cat modules)"
while read -r _ module; do
	in_debian "modinfo -k $kver -F filename $module" >file
	grep -q "/updates/dkms/$module.ko" file || fail "$module is not installed"
done <modules
[ "$(in_debian 'nvmctl version')" = "nvmctl $version" ] || fail "nvmctl is of another version"
[ "$(in_debian "modinfo -k $kver -F version nvm_core")" = "$version" ] ||
	fail "nvm_core is of another version"
[ -n "$(in_debian "modinfo -k $kver -F signer nvm_core")" ] || fail "not signed"
must in_debian "modprobe -S $kver -R nvm:t1c0000000000000092 | grep -qx nvm_pmem"
must in_debian 'man -w nvmctl >/dev/null'
must in_debian '. /usr/local/share/bash-completion/completions/nvmctl && complete -p nvmctl'
must in_debian 'test -x /usr/share/initramfs-tools/hooks/nvm && test -e /usr/lib/udev/rules.d/60-persistent-nvm.rules'
# what is said to be there is
for path in $(in_debian "grep -oh '/usr/[^ ]*/nvmctl[^ ]*' /usr/lib/modprobe.d/nvm-*.conf"); do
	must in_debian "test -e '$path'"
done
ok "installed"

# a driver that somebody makes elsewhere; it builds all there is, so only once
if [ "$VM_KERNEL" = 6.12 ]; then
	must in_debian "cp -r Documentation/examples /root/own && rm -r Documentation/examples &&
		make driver KDIR=/lib/modules/$kver/build DRIVER=/root/own && mkdir /tmp/m && cp /root/own/example_lld.ko /tmp/m/own.ko"
fi

# installed NAME: what the packages of a kernel do at their end, and fail if it fails
installed() { in_debian "run-parts --exit-on-error --arg=$1 /etc/kernel/header_postinst.d" >installed.log 2>&1; }

# kernels it is not made for: each is refused with the reason, and left alone
refused()
{
	local name=$1 change=$2 why=$3

	kernel "$name" "$change"
	in_debian "dkms install nvm-core/$version -k $name" >refused.log 2>&1 && fail "$name: built"
	grep -q "not built for Linux $name (x86_64): $why" refused.log || fail "$name: no reason: $(cat refused.log)"
	installed "$name" || fail "$name: its packages fail: $(cat installed.log)"
	grep -q "not built for Linux $name (x86_64): $why" installed.log || fail "$name: silent: $(cat installed.log)"
	must in_debian "rm -r /lib/modules/$name"
}
refused 6.6.15-amd64 true 'made for the series 6.1 and 6.12'
refused "${kver%%[.-]amd64}-nodax" "sed -i '/^CONFIG_DAX=/d' .config" 'it was configured without CONFIG_DAX'
refused "${kver%%[.-]amd64}-half" 'rm Module.symvers' 'its headers are not complete'
# the one they are for, and one that the administrator wants, are built for,
# and a build that fails is a failure
tried()
{
	installed "$1" && fail "$1: make has failed, its packages have not"
	grep -q 'Bad return status for module build' installed.log || fail "$1: not built: $(cat installed.log)"
	! grep "not built for Linux $1" installed.log || fail "$1: refused all the same"
	in_debian "rm -r /lib/modules/$1 /etc/dkms/nvm-core.conf"
}
kernel "${kver%%[.-]amd64}-new" true
must in_debian 'echo "MAKE=false" >/etc/dkms/nvm-core.conf'
tried "${kver%%[.-]amd64}-new"
kernel 6.6.15-amd64 true
must in_debian 'printf "%s\n" MAKE=false "BUILD_EXCLUSIVE_KERNEL=\"^6[.](1|6|12)[.]\"" >/etc/dkms/nvm-core.conf'
tried 6.6.15-amd64
ok "refuses"

# the kernel they are for takes them
in_debian "mkdir -p /tmp/m && cd /tmp/m && cp /lib/modules/$kver/updates/dkms/*.ko* . &&
	if [ -e nvm_core.ko.xz ]; then xz -d *.xz; fi && tar -c *.ko" >modules.tar
truncate -s %4K modules.tar
must vm_start main -drive if=none,id=mods2,format=raw,readonly=on,file="$PWD/modules.tar" \
	-device virtio-blk-pci,drive=mods2,serial=mods2
must vm_run 'cd "/lib/modules/$(uname -r)/updates" && rm nvm_*.ko && tar -xf /dev/disk/by-id/virtio-mods2 &&
	modprobe nvm_memmap map=64M@$NVM_SS && settle &&
	{ [ ! -e own.ko ] || { insmod own.ko && rmmod example_lld; }; } &&
	[ "$(cat /sys/module/nvm_core/version)" = '"$version"' ] &&
	mkfs.ext4 -q -b 4096 /dev/nvm0 && mount -o dax=always /dev/nvm0 /mnt && umount /mnt && nvm_unload' 120
vm_kill
ok "loads"

must in_debian 'make uninstall'
debian_same before "left by make uninstall"
in_debian 'make uninstall' >again.log 2>&1 && fail "uninstalled twice"
grep -q "nothing here that 'make install' has put" again.log || fail "no reason: $(cat again.log)"

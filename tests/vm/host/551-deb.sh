# proves: the Debian packages are lintian clean, build on both kernels, and install, upgrade, remove and purge without a trace, also in the initramfs of each kernel
# kernels: 6.1
# timeout: 1500
# shellcheck source=tests/vm/host/lib-debian.sh
. "$VM_HERE/host/lib-debian.sh"

# built: for which kernels, from the version in the argument
built()
{
	in_debian 'dkms status' >status
	for k in 6.1 6.12; do
		grep -q "^nvm-core/$1, $(<"$VM_CACHE/kernels/$k/release"), x86_64: installed" status && echo "$k"
	done | xargs
}

# initramfs WHEN WANT...: what each kernel's has of ours
initramfs()
{
	local k when=$1

	shift
	for k in 6.1 6.12; do
		in_debian "lsinitramfs /boot/initrd.img-$(<"$VM_CACHE/kernels/$k/release")" >initramfs
		grep -oE 'nvm_core|init-premount/nvm|60-persistent-nvm' initramfs | sort | xargs >found
		[ "$(<found)" = "$*" ] || fail "initramfs of $k $when: '$(<found)', want '$*'"
	done
}

debian_start
# small ones: they are made often
must in_debian 'printf "%s\n" MODULES=list COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/small &&
	update-initramfs -c -k all'
initramfs "at first"
debian_files before
must in_debian 'make deb'
# all of lintian's errors and warnings count
in_debian 'lintian --allow-root --fail-on error,warning build/deb/*.changes' ||
	fail "lintian has found something"
version=$(in_debian 'scripts/install.sh version')

must in_debian 'dpkg -i build/deb/nvm-core-dkms_*.deb'
# who has the modules has also what keeps nvm_nfit from another's NVDIMMs
must in_debian 'modprobe --showconfig | grep -qx "blacklist nvm_nfit"'
must in_debian 'dpkg -i build/deb/nvmctl_*.deb'
initramfs "after the installation" 60-persistent-nvm init-premount/nvm nvm_core
[ "$(built "$version")" = "6.1 6.12" ] || fail "not built on both: $(cat status)"
must in_debian 'nvmctl version && man -w nvmctl >/dev/null'
in_debian 'make install' >conflict.log 2>&1 && fail "make install over the package"
grep -q 'the Debian package is installed' conflict.log || fail "no reason: $(cat conflict.log)"
ok "installs"

# the next version, which takes the place of this one
next=$version.1
must in_debian "sed -i 's/\"$version\"/\"$next\"/' include/nvm/version.h &&
	make deb && dpkg -i build/deb/*.deb"
[[ $(built "$next") == *6.12* ]] || fail "not built after the upgrade: $(cat status)"
[ -z "$(built "$version")" ] || fail "the old version is still there: $(cat status)"
must in_debian "nvmctl version | grep -qx 'nvmctl $next'"
ok "upgrades"

must in_debian 'dpkg -r nvm-core-dkms'
initramfs "without the modules" init-premount/nvm
must in_debian 'dpkg -r nvmctl'
initramfs "without all"
debian_same before "left by dpkg -r"
must in_debian 'dpkg -P nvm-core-dkms nvmctl'
debian_same before "left by dpkg -P"
! in_debian 'dpkg -l | grep nvm' >left || fail "dpkg still knows $(cat left)"

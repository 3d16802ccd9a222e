# proves: a real Debian boots with its root on a region, of reserved memory or an NVDIMM, by its name, and who logs in on its console can work there; fstab mounts another with DAX; the names outlive a reboot and another order
# kernels: 6.1 6.12
# timeout: 1500
# shellcheck source=tests/vm/host/lib-debian.sh
. "$VM_HERE/host/lib-debian.sh"

SS=$((0x140000000))
password=something
# the regions, in either order
root=$(printf '704M@0x%x:uid=root' "$SS")
data=$(printf '256M@0x%x:uid=data' $((SS + (704 << 20))))

# the same root file system on an NVDIMM of QEMU's: the firmware's table names it
nvdimm=nvm-nfit-8680-0100-56341200
with_nvdimm=(-machine nvdimm=on -m "slots=1,maxmem=8G"
	-object "memory-backend-file,id=d0,share=on,size=704M,mem-path=$PWD/nvdimm"
	-device "nvdimm,memdev=d0")

# configure: what an administrator writes, and a script that says what it sees
configure()
{
	local etc=$debian_layer/up/etc

	as_root mkdir -p "$etc"/{modprobe.d,systemd/system.conf.d} "$debian_layer/up/data"
	# emulated, a device or a service may take more than the usual 90 s
	as_root tee "$etc/systemd/system.conf.d/slow.conf" >/dev/null <<-'SLOW'
		[Manager]
		DefaultTimeoutStartSec=600
		DefaultDeviceTimeoutSec=600
	SLOW
	as_root tee "$etc/fstab" >/dev/null <<-'FSTAB'
		LABEL=nvm-root-label     /     ext4 errors=remount-ro 0 1
		/dev/disk/by-id/nvm-data /data ext4 dax               0 2
	FSTAB
	echo nvm-debian | as_root tee "$etc/hostname" >/dev/null
	# the one kernel is told by modprobe.d, the other on its command line
	if [ "$VM_KERNEL" = 6.1 ]; then
		echo "options nvm_memmap map=$root,$data" | as_root tee "$etc/modprobe.d/nvm.conf" >/dev/null
	fi
	as_root cp "$VM_TOP/scripts/modprobe.d/nvm-nfit.conf.example" "$etc/modprobe.d/nvm-nfit.conf"
	as_root tee "$etc/nvm-proof" >/dev/null <<-'PROOF'
		say() { echo "T $*"; }
		dmesg -n 1
		echo
		systemctl --wait is-system-running >/dev/null
		say "login $(id -un) $(logname) $(tty)"
		say "state $(systemctl is-active multi-user.target local-fs.target | xargs)"
		say "failed '$(systemctl --failed --plain --no-legend | xargs)'"
		name=$(sed 's/.*root=\([^ ]*\).*/\1/' /proc/cmdline)
		say "root $(readlink -f "$(findmnt -no SOURCE /)") is $(readlink -f "$name")"
		say "data $(readlink -f "$(findmnt -no SOURCE /data)") is $(readlink -f /dev/disk/by-id/nvm-data)"
		say "options $(findmnt -no OPTIONS /data)"
		say "lld $(cat "/sys/bus/nvm/devices/$(basename "$(readlink -f "$name")")/lld")"
		say "path $(readlink -f /dev/disk/by-path/nvm-nvm_memmap-0x140000000)"
		say "uuid $(readlink -f "/dev/disk/by-uuid/$(findmnt -no UUID /data)")"
		say "label $(readlink -f /dev/disk/by-label/nvm-data-label)"
		echo boot >>/data/boots && sync
		say "bad $(dmesg | grep -cE 'WARNING:|BUG[: ]|Oops')"
		say "boots $(grep -c . /data/boots)"
		dmesg -n 7
		systemctl poweroff
	PROOF
	in_debian "echo root:$password | chpasswd" || fail "there is no password"
	must in_debian systemd-machine-id-setup
}

# make_memory: the regions' file, with a root file system and one for data.
# What is only there to build is left out: the rest fits.
make_memory()
{
	VM_PERSIST=$PWD/memory
	truncate -s 1G "$VM_PERSIST"
	in_debian "cp /boot/initrd.img-$kver /initrd &&
		rm -rf /root/nvm-core /boot/* /usr/src /usr/include /usr/lib/gcc /usr/share/perl* /usr/lib/x86_64-linux-gnu/perl \
			/usr/share/{doc,man,lintian} /usr/libexec/gcc /var/lib/dpkg /var/lib/dkms /usr/lib/x86_64-linux-gnu/*.a
		find /lib/modules -mindepth 1 -maxdepth 1 ! -name '$kver' -exec rm -r {} +"
	as_root cat "$debian_layer/up/initrd" >initrd && as_root rm "$debian_layer/up/initrd"
	on_debian "mke2fs -q -F -t ext4 -b 4096 -L nvm-root-label -d '$debian_layer/root' '$VM_PERSIST' 704M"
	must mke2fs -q -F -t ext4 -b 4096 -L nvm-data-label -E "offset=$((704 << 20))" "$VM_PERSIST" 256M
}

# boot NAME PARAMETERS [QEMU ARGUMENT...]: with the root of that name
boot()
{
	# shellcheck disable=SC2034 # for vm_cmdline
	local VM_CMDLINE="root=/dev/disk/by-id/$1 ro $2"
	# no stray int3 while the kernel patches itself: one boot in some hundred
	# shellcheck disable=SC2034 # for vm_board
	local VM_THREAD=single
	# what the kernel says must not come between what is waited for
	# shellcheck disable=SC2034 # for vm_cmdline
	local VM_LOGLEVEL=4
	# shellcheck disable=SC2034 # for vm_boot
	local VM_TYPED=('nvm-debian login: ' root 'Password: ' "$password" '~# ' 'bash /etc/nvm-proof')

	vm_boot "$VM_CACHE/kernels/$VM_KERNEL/vmlinux" -initrd initrd "${@:3}"
	grep -a '^T ' "$VM_SAID" >found || fail "it did not come up: $(tail -n 5 "$VM_SAID")"
	cat found
	found "login root root /dev/ttyS0"
	found "state active active"
	found "failed ''"
	found "bad 0"
}

# found TEXT: the script has said it
found() { grep -aqxF "T $1" found || fail "no '$1' in: $(cat found)"; }

# names ROOT DATA: the disks behind the names
names()
{
	found "root /dev/$1 is /dev/$1"
	found "data /dev/$2 is /dev/$2"
	found "uuid /dev/$2"
	found "label /dev/$2"
	grep -qE '^T options .*dax=always' found || fail "not mounted with DAX: $(cat found)"
}

debian_start
must in_debian "make install KVER=$kver"
configure
must in_debian "update-initramfs -c -k $kver"
in_debian "lsinitramfs /boot/initrd.img-$kver" >initramfs
for what in nvm_core.ko nvm_pmem.ko nvm_memmap.ko nvm_nfit.ko modprobe.d/nvm-nfit.conf rules.d/60-persistent-nvm.rules init-premount/nvm; do
	grep -q "/$what" initramfs || fail "the initramfs has no $what"
done
make_memory
if [ "$VM_KERNEL" = 6.1 ]; then
	boot nvm-root ''
	names nvm0 nvm1
	found "path /dev/nvm0"
	found "boots 1"
	# the root is where the firmware says now, and nowhere else
	head -c 704M memory >nvdimm
	boot "$nvdimm" "nvm_memmap.map=$data" "${with_nvdimm[@]}"
	disk=$(sed -n 's/^T root .* is \/dev\///p' found)
	names "$disk" "$([ "$disk" = nvm0 ] && echo nvm1 || echo nvm0)"
	found "lld nvm_nfit"
	found "boots 2"
else
	boot nvm-root "nvm_memmap.map=$root,$data"
	names nvm0 nvm1
	found "path /dev/nvm0"
	found "boots 1"
	boot nvm-root "nvm_memmap.map=$data,$root"
	names nvm1 nvm0
	found "path /dev/nvm1"
	found "lld nvm_memmap"
	found "boots 2"
fi

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A real Debian to install into: the root that mkdebian.sh made stays as it is,
# what a test changes lies in a layer of its own, below the scratch directory.

debian_root=
debian_layer=
# shellcheck disable=SC2034 # for the tests: the kernel they are run for
kver=$(<"$VM_CACHE/kernels/$VM_KERNEL/release")

# debian_start: a fresh Debian with a copy of this tree in /root/nvm-core
debian_start()
{
	debian_root=$("$VM_HERE/mkdebian.sh") || fail "there is no Debian root"
	debian_layer=$PWD/debian
	mkdir -p "$debian_layer"/{up,work,root}
	debian_copy_tree nvm-core
	# files are compared by list: what reading a manual writes is no matter
	in_debian 'rm -rf /var/cache/man'
}

# debian_copy_tree NAME: the tree as git has it, with what is not committed yet
debian_copy_tree()
{
	as_root mkdir -p "$debian_layer/up/root/$1"
	(cd "$VM_TOP" && find . \( -path ./build -o -path ./.git -o -name __pycache__ \) -prune -o \
		-type f -print0 | tar -c --null -T -) |
		as_root tar -x --no-same-owner -C "$debian_layer/up/root/$1"
}

# on_debian CMD: run it on the host, as root, with the Debian mounted on
# $debian_layer/root. The mount is the command's own and goes with it.
on_debian()
{
	as_root unshare --mount --net --pid --fork --kill-child bash -c '
		mount -t overlay -o "lowerdir=$1,upperdir=$2/up,workdir=$2/work" debian "$2/root" &&
		eval "$3"' - "$debian_root" "$debian_layer" "$1"
}

# in_debian CMD: run it there, as root, without a network
in_debian()
{
	on_debian "mount -t proc proc '$debian_layer/root/proc' &&
		exec env -i HOME=/root TERM=linux LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			chroot '$debian_layer/root' bash -c $(printf %q "cd /root/nvm-core 2>/dev/null; $1")"
}

# debian_files FILE: all there is, but for what tools write as they run
debian_files()
{
	in_debian 'find / -xdev \( -path /proc -o -path /root -o -path /tmp -o -path /var/log \
		-o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/apt \) -prune -o -print' |
		grep -vxE '/var/lib/dkms/mok\.(key|pub)|/boot/initrd\.img-.*|/var/lib/(initramfs-tools(/.*)?|ucf.*)' |
		LC_ALL=C sort >"$1"
	[ -s "$1" ] || fail "the files cannot be listed"
}

# debian_same FILE WHAT: nothing was left, and nothing is missing
debian_same()
{
	debian_files after
	diff "$1" after >changed || fail "$2: $(head -n 20 changed)"
}

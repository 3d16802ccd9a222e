# proves: the guest offers what the other tests rely on
for tool in modprobe udevadm dmsetup mkfs.ext4 mkfs.xfs fio python3 strace ndctl lspci; do
	command -v "$tool" >/dev/null || fail "no $tool in the guest"
done
must python3 -c 'import argparse, json'
pgrep -f systemd-udevd >/dev/null || fail "systemd-udevd does not run"

start=${NVM_SS#0x}
grep -qiE "^ *$start-[0-9a-f]+ : Reserved" /proc/iomem || fail "$NVM_SS is not reserved"

must_fail ENOENT sysfs_write /nonexistent 1
must_fail EINVAL sysfs_write /sys/block/vda/queue/scheduler nonsense
echo 'nvm-test: a message' >/dev/kmsg
expect_log 'a message'
forbid_log 'another message'
same "" "$(regions)" "regions before any driver"

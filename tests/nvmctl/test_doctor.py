# SPDX-License-Identifier: GPL-2.0-only
"""The verb doctor: what a machine can use, and what is wrong with it."""

import os
import re
import subprocess

import fake
from case import G, Case
from nvmlib import sysfs
from nvmlib.element import parse_bytes
from nvmlib.memory_map import read_iomem
from nvmlib.reserve import propose


class Doctor(Case):
    def iomem(self, text):
        self.machine.put("/proc/iomem", text)

    def cmdline(self, text):
        self.machine.put("/proc/cmdline", f"ro {text}\n")

    def test_reserved_is_offered(self):
        out = self.ok("doctor")
        self.assertIn("[0x140000000-0x17fffffff] is RAM reserved by"
                      " memmap=1G$0x140000000", out)
        self.assertIn("nvmctl add 1G@0x140000000\n", out)
        self.assertNotIn("GRUB", out)
        self.assertNotIn("0xbf000000", out)

    def test_reserved_by_nobody_known(self):
        self.cmdline("quiet")
        out = self.ok("doctor")
        self.assertIn("warning:  [0x140000000-0x17fffffff]", out)
        self.assertIn("not by its command line", out)

    def test_no_firmware_map(self):
        machine = fake.Machine(firmware=())
        self.addCleanup(machine.remove)
        self.machine = machine
        self.assertIn("nvmctl add 1G@0x140000000\n", self.ok("doctor"))

    def test_reserved_and_in_use(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-17fffffff : nvm0\n180000000-23"))
        self.have("1G@5G")
        out = self.ok("doctor")
        self.assertIn("note:     Reserved [0x140000000-0x17fffffff] belongs to"
                      " nvm0\n", out)
        self.assertNotIn("nvmctl add", out)
        self.assertNotIn("memmap=", out)

    def test_partly_in_use(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-14fffffff : nvm0\n180000000-23"))
        self.have("256M@5G")
        out = self.ok("doctor")
        self.assertIn("Reserved [0x140000000-0x14fffffff] belongs to nvm0\n",
                      out)
        self.assertIn("nvmctl add 768M@0x150000000\n", out)

    def test_reserved_in_use_by_several(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-143ffffff : nvm_memmap\n"
            "  144000000-147ffffff : nvm_memmap\n"
            "    144000000-144ffffff : inner\n"
            "  148000000-14bffffff : nvm_pci\n"
            "  150000000-150ffffff : other_driver\n180000000-23"))
        self.have("128M@5G")
        # the medium is bigger than the memory that shows it
        self.machine.region(1, type=3, lld="nvm_pci", start=0x148000000)
        notes = [line.split(maxsplit=1)[1] for line
                 in self.ok("doctor").splitlines() if "belongs to" in line]
        self.assertEqual(notes, [
            "Reserved [0x140000000-0x143ffffff] belongs to nvm0",
            "Reserved [0x144000000-0x147ffffff] belongs to nvm0",
            "Reserved [0x148000000-0x14bffffff] belongs to nvm1"])

    def test_ours_outside_reserved_memory_is_not_reserved(self):
        self.iomem(fake.IOMEM_PLAIN.replace(
            "fec00000-fe", "  c0000000-c01fffff : nvm_pci\nfec00000-fe"))
        self.machine.region(0, lld="nvm_pci", size=2 << 20, start=0xc0000000)
        self.assertNotIn("belongs to nvm0", self.run_nvmctl("doctor")[1])

    def test_persistent_memory_of_ours(self):
        self.iomem(fake.IOMEM_PMEM)
        self.cmdline("quiet")
        self.machine.region(0, lld="nvm_ddr3", start=0x240000000)
        self.machine.region(1, type=3, lld="nvm_nfit", size=8 * G,
                            start=0x280000000)
        out = self.ok("doctor")
        self.assertIn("Persistent Memory (legacy) [0x240000000-0x27fffffff]"
                      " belongs to nvm0\n", out)
        self.assertIn("[0x280000000-0x2bfffffff] belongs to nvm1\n", out)
        self.assertIn("belongs to dax_hmem, if loaded", out)

    def test_pmem_of_others(self):
        self.iomem(fake.IOMEM_PMEM)
        self.cmdline("quiet")
        link = self.machine.path("/sys/bus/platform/devices/e820_pmem/driver")
        os.makedirs(os.path.dirname(link))
        os.symlink("../../../bus/platform/drivers/e820_pmem", link)
        out = self.ok("doctor")
        self.assertIn("Persistent Memory (legacy) [0x240000000-0x27fffffff]"
                      " belongs to e820_pmem, bound", out)
        self.assertIn("belongs to nfit, if loaded", out)
        self.assertIn("belongs to dax_hmem, if loaded", out)

    def test_proposal(self):
        self.iomem(fake.IOMEM_PLAIN)
        self.cmdline("quiet")
        out = self.ok("doctor")
        self.assertIn("    memmap=1G$0x140000000\n", out)
        self.assertIn("nvmctl add 1G@0x140000000\n", out)
        self.assertIn("struct pages take 16 MiB", out)
        self.assertIn("KASLR", out)
        self.assertNotIn("below 4 GiB", out)

    def propose(self, iomem, size="1G"):
        self.iomem(iomem)
        tree = sysfs.Tree(self.machine.root)
        return str(propose(tree, read_iomem(tree), parse_bytes(size)))

    def test_proposals(self):
        low = "00100000-7ffdffff : System RAM\n" \
              "  01000000-02ffffff : Kernel code\n"
        kernel = "100000000-23fffffff : System RAM\n" \
                 "  140000000-141a02fff : Kernel code\n"
        for iomem, size, expected in (
                (kernel, "1G", "1G@0x100000000"),
                (kernel, "2G", "2G@0x180000000"),
                (low, "256M", "256M@0x40000000"),
                (low, "1G", "1G@0x10000000"),
                ("100200000-110ffffff : System RAM\n", "1G",
                 "256M@0x100200000"),
                ("00100000-02ffffff : System RAM\n", "1G", "None")):
            self.assertEqual(self.propose(iomem, size), expected, iomem)

    def test_proposal_leaves_half_the_ram(self):
        self.machine.put("/proc/meminfo", "MemTotal: 1048576 kB\n")
        self.assertEqual(self.propose("100000000-13fffffff : System RAM\n"),
                         "512M@0x100000000")

    def test_below_4g_is_warned_of(self):
        self.iomem("00100000-7ffdffff : System RAM\n")
        self.cmdline("quiet")
        self.assertIn("below 4 GiB", self.ok("doctor"))

    def test_no_room(self):
        self.iomem("00100000-02ffffff : System RAM\n")
        self.assertIn("no 1 GiB of free RAM", self.fails("doctor"))

    def test_grub_line_survives_shell_and_grub(self):
        self.iomem(fake.IOMEM_PLAIN)
        self.cmdline("quiet")
        line = next(line.strip() for line in self.ok("doctor").splitlines()
                    if "GRUB_CMDLINE_LINUX" in line)
        script = f'{line}\ncat <<EOF\nlinux /vmlinuz ${{GRUB_CMDLINE_LINUX}}' \
                 '\nEOF\n'
        cfg = subprocess.run(["sh", "-c", script], capture_output=True,
                             text=True, check=True).stdout
        self.assertIn(" memmap=1G\\$0x140000000\n", cfg)
        # what GRUB's own lexer does with a backslash outside quotes
        self.assertIn("memmap=1G$0x140000000", cfg.replace("\\$", "$"))

    def test_dollar_that_grub_ate(self):
        self.cmdline("memmap=1Gx140000000")
        self.assertIn("problem:  memmap=1Gx140000000 reserves nothing",
                      self.fails("doctor"))

    def test_at_sign_means_ram(self):
        self.cmdline("memmap=1G@0x140000000 memmap=exactmap"
                     " memmap=64K%0-1+2 memmap=1G!5G")
        out = self.ok("doctor")
        self.assertIn("warning:  memmap=1G@0x140000000 declares usable RAM",
                      out)
        self.assertEqual(out.count("memmap="), 2)

    def test_kaslr_put_the_kernel_there(self):
        self.iomem(fake.IOMEM_RESERVED.replace(
            "140000000-17fffffff : Reserved",
            "140000000-14fffffff : Reserved\n"
            "150000000-151ffffff : System RAM\n"
            "  150000000-151ffffff : Kernel code\n"
            "152000000-17fffffff : Reserved"))
        out = self.fails("doctor")
        self.assertIn("[0x150000000-0x151ffffff] is Kernel code, inside"
                      " memmap=1G$0x140000000", out)
        self.assertIn("nokaslr", out)
        self.iomem(fake.IOMEM_PLAIN)
        self.assertIn("did not take all of it", self.fails("doctor"))

    def test_many_memmap_words(self):
        self.cmdline("memmap=" + ",".join(f"2M${5120 + 2 * n}M"
                                          for n in range(5)))
        self.assertIn("more than 4 memmap= ranges", self.ok("doctor"))

    def test_not_root(self):
        self.iomem("00000000-00000000 : System RAM\n"
                   "  00000000-00000000 : Kernel code\n")
        self.assertIn("run as root", self.fails("doctor"))
        self.assertIn("run as root", self.fails("doctor", "1G@5G"))

    def test_nothing_loaded(self):
        self.machine = fake.Machine(loaded=False)
        self.addCleanup(self.machine.remove)
        self.assertIn("not loaded: nvm_core, nvm_memmap", self.fails("doctor"))
        self.assertIn("nvm_memmap is not loaded",
                      self.fails("doctor", "1G@5G"))

    def test_udev_rules(self):
        self.assertIn("udev has 60-persistent-nvm.rules", self.ok("doctor"))
        os.unlink(self.machine.path(
            "/usr/lib/udev/rules.d/60-persistent-nvm.rules"))
        self.assertIn("udev has no 60-persistent-nvm", self.ok("doctor"))

    def test_lockdown(self):
        self.machine.put("/sys/kernel/security/lockdown",
                         "none [integrity] confidentiality\n")
        self.assertIn("lockdown is 'integrity'", self.fails("doctor"))
        self.assertIn("EPERM", self.fails("doctor", "1G@5G"))

    def test_hardware_needs_no_ram_that_stands_in(self):
        self.iomem(fake.IOMEM_PLAIN)
        self.cmdline("quiet")
        self.machine.region(0, lld="nvm_nfit")
        self.machine.put("/sys/kernel/security/lockdown",
                         "none [integrity] confidentiality\n")
        os.rename(self.machine.path("/sys/module/nvm_memmap"),
                  self.machine.path("/away"))
        said = self.ok("doctor")
        self.assertIn("note:     not loaded: nvm_memmap", said)
        self.assertIn("note:     kernel lockdown", said)
        self.assertNotIn("nothing is reserved", said)
        self.machine.gone(0)
        self.assertIn("nothing is reserved", self.fails("doctor"))

    def test_resource_without_a_name(self):
        self.iomem(fake.IOMEM_PLAIN + "240000000-2ffffffff : \n")
        self.assertIn("belongs to", self.fails("doctor", "1G@9G"))

    def test_unclaimed(self):
        self.machine.region(0, type=3, state="unclaimed", uld="",
                            modalias="nvm:t3c0000000000000008")
        self.machine.region(1, type=4, state="unclaimed", uld="",
                            modalias="nvm:t4c0000000000000004")
        out = self.fails("doctor")
        self.assertIn("modprobe nvm_window", out)
        self.assertIn("no installed module has an alias for nvm:t4c", out)

    def test_range_accepted(self):
        out = self.ok("doctor", "1G@5G")
        self.assertIn("is RAM reserved from the kernel", out)
        self.assertTrue(out.endswith("1G@0x140000000 would be accepted\n"))

    def test_ranges_refused(self):
        self.iomem(fake.IOMEM_PLAIN.replace("23fffffff", "13fffffff")
                   + "140000000-17fffffff : Reserved\n"
                   "  150000000-15fffffff : other_driver\n"
                   + fake.IOMEM_PMEM[len(fake.IOMEM_PLAIN):])
        self.have("64M@5G")
        self.machine.region(5, start=0x300000000, lld="nvm_pci")
        for element, cause in (
                ("1G@0x100000000", "(Kernel code): refused (EBUSY)"),
                ("64M@0x30000000", "(Crash kernel): refused (EBUSY)"),
                ("16M@0x150000000", "belongs to other_driver"),
                ("512M@0x170000000", "crosses the border of Reserved"),
                ("2M@0xfe000000", "belongs to virtio-pci-modern"),
                ("2M@0xc0000000",
                 "PCI Bus 0000:00, for PCI devices: refused (EBUSY)"),
                ("32M@5G", "is there and bigger: refused (EINVAL)"),
                ("64M@0x142000000", "overlaps the region 64M@0x140000000"),
                ("1G@0x280000000", "belongs to namespace1.0"),
                ("1G@0x300000000", "overlaps nvm5, found by nvm_pci"),
                ("1M@5G", "its size 0x100000 is not a multiple of 2 MiB"),
                ("0@5G", "its size 0x0 is not a multiple"),
                ("2M@0x140001000", "its start 0x140001000 is not"),
                ("1G@0x10000000000", "refused (ERANGE)"),
                ("512G@0x340000000", "refused (ENOMEM)")):
            out = self.fails("doctor", element)
            self.assertIn(cause, out)
            self.assertIn("would be refused", out)

    def test_struct_pages_leave_a_sixteenth_of_the_ram(self):
        """As the kernel counts: of 8 GB 7 are available, 0.5 are kept."""
        self.machine.put("/proc/meminfo", "MemTotal: 8388608 kB\n"
                         "MemAvailable: 7340032 kB\n")
        # 16 MiB for each GiB: 6.5 GiB for 416 GiB
        self.assertIn("take 6.5 GiB of RAM",
                      self.ok("doctor", "416G@0x340000000"))
        out = self.fails("doctor", f"{(416 << 10) + 2}M@0x340000000")
        self.assertIn("512 MiB of it is kept free: refused (ENOMEM)", out)

    def test_beyond_the_cpu_nothing_else_counts(self):
        """The kernel asks for no owner, and for no memory, of such a range."""
        self.iomem(fake.IOMEM_RESERVED
                   + "8000000000-ffffffffff : PCI Bus 0000:00\n")
        self.have("64M@5G")
        self.machine.region(5, start=0xff00000000, lld="nvm_pci", size=4 * G)
        for element in ("4M@0x10000000000", "8M@0xffffc00000",
                        "1T@0x17fe00000", "1T@5G", "256T@0x340000000"):
            out = self.fails("doctor", element)
            self.assertEqual(re.findall(r"refused \((\w+)\)", out),
                             ["ERANGE"], (element, out))
            self.assertEqual(out.count("problem:"), 1, out)
        # the last byte that it can address
        out = self.fails("doctor", "2M@0xffffe00000")
        self.assertEqual(set(re.findall(r"refused \((\w+)\)", out)), {"EBUSY"})

    def test_ranges_doubtful(self):
        self.iomem(fake.IOMEM_PMEM)
        for element, doubt in (
                ("1G@0x240000000", "belongs to nd_e820, if loaded"),
                ("1G@0x340000000", "is not in /proc/iomem")):
            self.assertIn(doubt, self.ok("doctor", element))
        self.iomem("100000000-13fffffff : Reserved\n")
        machine_ram = self.machine.path("/sys/firmware/memmap/5/type")
        with open(machine_ram, "w", encoding="utf-8") as f:
            f.write("Reserved\n")
        self.assertIn("reserved by the firmware",
                      self.ok("doctor", "1G@4G"))

    def test_range_of_ours(self):
        self.have("512M@5G")
        self.iomem(fake.IOMEM_RESERVED.replace(
            "180000000-23", "  140000000-15fffffff : nvm0\n180000000-23"))
        self.assertIn("left alone", self.ok("doctor", "512M@5G"))
        self.assertIn("would be expanded", self.ok("doctor", "1G@5G"))
        self.assertIn("crosses the border", self.fails("doctor", "2G@5G"))

    def test_usage(self):
        self.fails("doctor", "nonsense", status=2)
        self.fails("doctor", "--size", "x", status=2)

# SPDX-License-Identifier: GPL-2.0-only
"""The verb doctor: which memory can be used, and what is wrong."""

from nvmlib.doctor_range import doctor_range
from nvmlib.element import GIB, Element, exact, human, parse_bytes, span
from nvmlib.memmap import MEMMAP
from nvmlib.memory_map import (pieces, pmem_owner, read_firmware_map,
                               read_iomem)
from nvmlib.region import load_regions
from nvmlib.report import Report, check_lockdown, loaded, report_cost
from nvmlib.reserve import propose, read_memmap_words, user_reserved
from nvmlib.sysfs import BUS


def modules_for(tree, modalias):
    """Modules that modprobe would load for it."""
    from fnmatch import fnmatchcase
    release = tree.read("/proc/sys/kernel/osrelease", "")
    aliases = tree.read(f"/lib/modules/{release}/modules.alias", "")
    rows = (line.split() for line in aliases.splitlines()
            if line.startswith("alias nvm:"))
    return [row[2] for row in rows
            if len(row) == 3 and fnmatchcase(modalias, row[1])]


def check_modules(tree, others, report):
    """Who has regions of hardware needs no RAM that stands in."""
    missing = [m for m in ("nvm_core", MEMMAP) if not loaded(tree, m)]
    if missing:
        say = report.note if others else report.problem
        say(f"not loaded: {', '.join(missing)}", f"modprobe {missing[-1]}")
    else:
        report.ok("nvm_core and nvm_memmap are loaded")


def check_udev(tree, report):
    rules = "60-persistent-nvm.rules"
    if any(tree.exists(f"{place}/udev/rules.d/{rules}")
           for place in ("/etc", "/run", "/usr/local/lib", "/usr/lib",
                         "/lib")):
        report.ok(f"udev has {rules}")
    else:
        report.warning(f"udev has no {rules}: no /dev/disk/by-* links")


def check_regions(tree, regions, report):
    for region in regions:
        for problem in region.problems():
            report.problem(f"{region.name}: {problem}",
                           *uld_hint(tree, region))


def uld_hint(tree, region):
    if region.state != "unclaimed" or region.driver_override:
        return
    known = modules_for(tree, region.modalias)
    if not known:
        yield (f"no installed module has an alias for {region.modalias}:"
               " install it, then depmod -a")
    for module in known:
        if not loaded(tree, module):
            yield f"modprobe {module}"


def check_cmdline(words, report):
    for word in words:
        if word.kind == "@":
            report.warning(f"memmap={word.text} declares usable RAM, it"
                           " reserves nothing",
                           f"to reserve: memmap={word.text.replace('@', '$')}")
        elif not word.kind:
            report.problem(f"memmap={word.text} reserves nothing, the kernel"
                           " takes its first number as a limit for RAM",
                           "the boot loader took the $ for its own: see the"
                           " quoting in nvmctl(8), doctor")
    if len(words) > 4:
        report.warning("more than 4 memmap= ranges: KASLR may put the kernel"
                       " into the fifth, or not randomise at all",
                       "use fewer, or boot with nokaslr")


def check_reserved(iomem, words, report):
    """KASLR of some kernels does not keep clear of memmap= ranges."""
    for word in (w for w in words if w.kind == "$"):
        for lo, hi, chain in pieces(iomem, word.range.start, word.range.end):
            if not chain or chain[0].name != "System RAM":
                continue
            inner = chain[-1].name
            report.problem(f"{span(lo, hi)} is {inner}, inside"
                           f" memmap={word.text}",
                           "KASLR put the kernel there: add nothing, boot"
                           " with nokaslr" if inner.startswith("Kernel") else
                           "the kernel did not take all of it out of use")


def check_usable(tree, iomem, words, report):
    """Ranges that can be added now; True if there are any."""
    found = False
    for usable in user_reserved(iomem, read_firmware_map(tree), words):
        found = True
        by = next((f"by memmap={w.text}" for w in words if w.kind == "$"
                   and w.range.overlaps(usable)), None)
        where = span(usable.start, usable.end)
        if by:
            report.ok(f"{where} is RAM reserved {by}")
        else:
            report.warning(f"{where} is RAM that the kernel keeps reserved,"
                           " not by its command line: EFI, MTRRs or a"
                           " quirk may need it")
        print(f"{'':10}nvmctl add {usable}")
    return found


def claims(iomem):
    """(outermost resource, what claims all or a part of it)"""
    outer = None
    for resource in iomem:
        if resource.depth == 0:
            outer = resource
        elif resource.depth == 1:
            yield outer, resource


def names_in(regions, resource):
    """Of a type other than 1, the medium may be bigger than the memory that
    shows it: only its start is known."""
    def size(region):
        return region.size if region.type == 1 else 1
    return ", ".join(r.name for r in regions if r.starts_in(
        resource.start - size(r) + 1, resource.end))


def check_taken(tree, iomem, regions, report):
    """Whose the memory is that could be non-volatile, or stands in for it."""
    for outer, claim in claims(iomem):
        ours = names_in(regions, claim)
        if ours and outer.name == "Reserved":
            report.note(f"{outer.name} {span(claim.start, claim.end)}"
                        f" belongs to {ours}")
    for resource in iomem:
        owner = pmem_owner(tree, resource)
        if owner and resource.depth == 0:
            report.note(f"{resource} belongs to"
                        f" {names_in(regions, resource) or owner}")


def grub_word(word):
    """For a double-quoted string of /etc/default/grub: see EXPLAIN_GRUB."""
    return word.replace("$", "\\\\\\$")


EXPLAIN_GRUB = (
    "Three backslashes: the file is shell, which turns \\\\ into \\ and \\$"
    " into $;",
    "GRUB then reads the \\$ left in grub.cfg as $. With fewer, GRUB expands"
    " a",
    "variable of its own, and what is left limits RAM instead of reserving"
    " any.",
)


def report_proposal(tree, iomem, size, report):
    wanted = propose(tree, iomem, size)
    if not wanted:
        report.problem(f"no {human(size)} of free RAM to reserve; try --size")
        return
    word = f"memmap={exact(wanted.size)}${wanted.start:#x}"
    report.note(f"nothing is reserved. To set {human(wanted.size)} of RAM"
                " aside, boot with", "", f"    {word}", "",
                "GRUB: add it to /etc/default/grub, update-grub, reboot:", "",
                f'    GRUB_CMDLINE_LINUX="... {grub_word(word)}"', "",
                *EXPLAIN_GRUB, "",
                "systemd-boot (/etc/kernel/cmdline) and other loaders without"
                " a shell: as it", "is. qemu -append: in single quotes."
                " Then:", "", f"    nvmctl add {wanted}", "")
    report.note("memmap=nn$ss takes the range from the kernel; memmap=nn@ss,"
                " with an @, would", "declare it usable RAM. nvmctl and"
                " nvm_memmap write nn@ss for a region.")
    if wanted.start < 4 * GIB:
        report.warning("the range is below 4 GiB, where firmware, initrd and"
                       " kernel live too:", "if the machine does not boot,"
                       " take another one")
    report_cost(tree, wanted, report)
    if "nokaslr" not in tree.read("/proc/cmdline", "").split():
        report.note("KASLR keeps clear of the first 4 memmap= ranges, not of"
                    " more")


def doctor_machine(tree, report, size):
    words = list(read_memmap_words(tree))
    regions = load_regions(tree) if tree.exists(BUS) else []
    others = any(region.lld != MEMMAP for region in regions)
    check_modules(tree, others, report)
    check_udev(tree, report)
    check_lockdown(tree, report, report.note if others else report.problem)
    check_cmdline(words, report)
    check_regions(tree, regions, report)
    iomem = read_iomem(tree)
    if iomem is None:
        report.problem("/proc/iomem shows no addresses: run as root to see"
                       " which memory can be used")
        return
    check_reserved(iomem, words, report)
    usable = check_usable(tree, iomem, words, report)
    check_taken(tree, iomem, regions, report)
    if not usable and not regions:
        report_proposal(tree, iomem, size, report)


def cmd_doctor(tree, args):
    report = Report()
    if args.range:
        doctor_range(tree, report, Element.parse(args.range))
    else:
        doctor_machine(tree, report, parse_bytes(args.size))
    return int(report.failed)

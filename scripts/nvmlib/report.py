# SPDX-License-Identifier: GPL-2.0-only
"""What both kinds of doctor say: a report, and findings that they share."""

from nvmlib.element import human
from nvmlib.memory_map import mem_info, struct_pages


class Report:
    """Prints findings; failed once one of them is a problem."""

    def __init__(self):
        self.failed = False

    def say(self, level, text, *hints):
        self.failed |= level == "problem"
        print(f"{level + ':':9} {text}")
        for hint in hints:
            print(f"{'':10}{hint}" if hint else "")

    def ok(self, text):
        self.say("ok", text)

    def note(self, text, *hints):
        self.say("note", text, *hints)

    def warning(self, text, *hints):
        self.say("warning", text, *hints)

    def problem(self, text, *hints):
        self.say("problem", text, *hints)


def loaded(tree, module):
    return tree.exists(f"/sys/module/{module}")


def lockdown(tree):
    modes = tree.read("/sys/kernel/security/lockdown", "[none]").split()
    return next((m[1:-1] for m in modes if m.startswith("[")), "none")


def check_lockdown(tree, report, say):
    mode = lockdown(tree)
    if mode == "none":
        report.ok("kernel lockdown is off")
    else:
        say(f"kernel lockdown is '{mode}': add, map and remove are refused"
            " (EPERM)", "it comes with Secure Boot, or lockdown= on the kernel"
            " command line")


def report_cost(tree, element, report):
    cost, free = struct_pages(element.size), mem_info(tree, "MemAvailable")
    text = (f"its struct pages take {human(cost)} of RAM (64 B a page),"
            f" {human(free)} is available")
    keep = mem_info(tree, "MemTotal") // 16  # as nvm_check_page_memory()
    if cost > free - keep:
        report.problem(f"{text}, {human(keep)} of it is kept free:"
                       " refused (ENOMEM)")
    else:
        report.note(text)

# SPDX-License-Identifier: GPL-2.0-only
"""The command line: verbs, options, exit status."""

import os
import sys

from nvmlib.change import (REGIONS_CONF, cmd_add, cmd_expand, cmd_map,
                           cmd_probe, cmd_remove)
from nvmlib.doctor import cmd_doctor
from nvmlib.errors import Failure, warn
from nvmlib.listing import cmd_list
from nvmlib.monitor import cmd_monitor
from nvmlib.scan import cmd_scan
from nvmlib.sysfs import Tree
from nvmlib.version import version
from nvmlib.wait import cmd_wait


def cmd_version(tree, _args):
    print(f"nvmctl {version()}")
    module = tree.read("/sys/module/nvm_core/version")
    if module:
        print(f"nvm_core {module}")
    return 0


def seconds(text):
    value = float(text)
    if not 0 <= value < 1e9:
        raise ValueError
    return value


def build_parser():
    import argparse
    parser = argparse.ArgumentParser(
        prog="nvmctl", description="Regions of non-volatile memory: see, add,"
        " expand, remove, diagnose. See nvmctl(8).")
    parser.add_argument("--version", action="version",
                        version=f"nvmctl {version()}")
    parser.add_argument("--sysfs", metavar="ROOT",
                        default=os.environ.get("NVMCTL_SYSFS", "/"),
                        help="look for /sys, /proc, /dev, /etc and /lib below"
                        " ROOT (also: NVMCTL_SYSFS)")
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)

    def verb(name, run, text):
        sub = verbs.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    def writes(sub, split=True, wait=True):
        if split:
            sub.add_argument("--split", action="store_true", help="write a"
                             " list longer than a page in parts")
        if wait:
            sub.add_argument("--no-wait", dest="wait", action="store_false",
                             help="do not wait for the regions to be claimed")

    sub = verb("list", cmd_list, "show regions, who uses them, what is wrong")
    sub.add_argument("names", nargs="*", metavar="NAME")
    sub.add_argument("-t", "--type", action="append", help="1 to 4, or a name")
    sub.add_argument("-l", "--lld", action="append", help="who found it")
    sub.add_argument("-u", "--uld", action="append", help="who claims it")
    sub.add_argument("-s", "--state", action="append")
    sub.add_argument("-j", "--json", action="store_true")
    sub.add_argument("-v", "--verbose", action="store_true")

    sub = verb("add", cmd_add, "add regions, or expand those there")
    sub.add_argument("elements", nargs="+", metavar="nn@ss[:option...]")
    writes(sub)
    sub = verb("remove", cmd_remove, "remove regions that nobody uses")
    sub.add_argument("names", nargs="+", metavar="nn@ss|NAME")
    writes(sub, wait=False)
    sub = verb("expand", cmd_expand, "make a region bigger, also while used")
    sub.add_argument("name", metavar="nn@ss|NAME|ss")
    sub.add_argument("size", nargs="?", metavar="NEWSIZE")
    writes(sub, split=False)
    sub = verb("map", cmd_map, "show the list of regions, or make it so")
    sub.add_argument("list", nargs="?", metavar="LIST")
    writes(sub, split=False)
    sub = verb("probe", cmd_probe, "add the regions of a file not there yet")
    sub.add_argument("--from", dest="conf", metavar="FILE",
                     help=f"default {REGIONS_CONF}; - is standard input")
    writes(sub)

    sub = verb("scan", cmd_scan, "have drivers look again for memory")
    writes(sub, split=False)

    sub = verb("monitor", cmd_monitor, "show events as they happen")
    sub.add_argument("names", nargs="*", metavar="NAME|UID")
    sub.add_argument("-j", "--json", action="store_true", help="an object a"
                     " line")
    sub.add_argument("-n", "--count", type=int, help="end after so many")
    sub.add_argument("-t", "--timeout", type=seconds, metavar="SECONDS",
                     help="end then")

    sub = verb("wait", cmd_wait, "wait until regions are claimed or gone")
    sub.add_argument("names", nargs="*", metavar="NAME")
    goal = sub.add_mutually_exclusive_group()
    for name in ("claimed", "removed", "event"):
        goal.add_argument(f"--{name}", dest="goal", action="store_const",
                          const=name, default="claimed")
    sub.add_argument("-t", "--timeout", type=seconds, default=30.0,
                     metavar="SECONDS", help="default 30")

    sub = verb("doctor", cmd_doctor, "which memory can be used, what is wrong")
    sub.add_argument("range", nargs="?", metavar="nn@ss",
                     help="would this range be refused, and why")
    sub.add_argument("--size", default="1G", help="how much to propose"
                     " (default 1G)")
    verb("version", cmd_version, "show versions")
    sub = verb("help", None, "show help")
    sub.add_argument("topic", nargs="?", choices=sorted(verbs.choices),
                     metavar="VERB")
    sub.set_defaults(run=lambda _tree, args: show_help(
        verbs.choices[args.topic] if args.topic else parser))
    return parser


def show_help(parser):
    parser.print_help()
    return 0


def main(argv=None):
    try:
        args = build_parser().parse_args(argv)
        status = args.run(Tree(args.sysfs), args)
        sys.stdout.flush()
        return status
    except Failure as failure:
        warn(failure)
        return failure.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        warn(f"{error.filename or 'error'}: {error.strerror}")
        return 1

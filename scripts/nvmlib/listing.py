# SPDX-License-Identifier: GPL-2.0-only
"""The verb list: regions as a table or as JSON."""

from dataclasses import asdict

from nvmlib.element import human
from nvmlib.errors import Failure, warn
from nvmlib.region import find_region, load_regions
from nvmlib.users import Holders


def matches(region, args):
    def one_of(values, *has):
        wanted = [v for value in values or [] for v in value.split(",")]
        return not wanted or any(v in has for v in wanted)
    return (one_of(args.type, str(region.type), region.type_name)
            and one_of(args.lld, region.lld)
            and one_of(args.uld, region.uld)
            and one_of(args.state, region.state))


def select(tree, args):
    """The regions asked for, and a status: 1 if a name is not there."""
    regions, status = load_regions(tree), 0
    if args.names:
        named = []
        for word in args.names:
            try:
                named.append(find_region(tree, regions, word).name)
            except Failure as failure:
                warn(failure)
                status = 1
        regions = [region for region in regions if region.name in named]
    return [region for region in regions if matches(region, args)], status


def read_links(tree):
    """The names that udev gave each disk."""
    links = {}
    for kind in tree.names("/dev/disk"):
        for name in tree.names(f"/dev/disk/{kind}"):
            link = f"/dev/disk/{kind}/{name}"
            links.setdefault(tree.link(link), []).append(link)
    links.pop("", None)  # what is there and is no link
    return links


def as_json(region, holders, links):
    return {**asdict(region), "type_name": region.type_name,
            "health": region.health, "links": links.get(region.disk, []),
            "holders": [asdict(h) for h in holders.of(region.used_disk)],
            "problems": region.problems()}


def table(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths))
        yield "  ".join(cells).rstrip()


def details(region, links):
    """What list -v adds to a region's line."""
    if region.model:
        yield "model", region.model
    for link in links.get(region.disk, []):
        yield "link", link
    yield "persistence", region.persistence_domain
    yield "capabilities", " ".join(region.capabilities) or "none"
    yield "modalias", region.modalias
    yield "numa node", str(region.numa_node)
    if region.driver_override:
        yield "override", region.driver_override
    for no in region.declined:
        yield "declined", f"{no['uld']}: {no['reason']}"
    for bad in region.badblocks:
        yield "poison", (f"sector {bad['first_sector']},"
                         f" {bad['sectors']} sectors")


def print_table(tree, regions, verbose):
    holders = Holders(tree)
    links = read_links(tree) if verbose else {}
    rows = [("NAME", "UID", "TYPE", "SIZE", "START", "FOUND BY", "CLAIMED BY",
             "STATE", "HEALTH", "USERS", "USED BY")]
    for r in regions:
        used = [str(h) for h in holders.of(r.used_disk)]
        if verbose and r.users:
            used += [str(h) for h in holders.processes(r.used_disk)]
        rows.append((r.name, r.uid, f"{r.type} {r.type_name}", human(r.size),
                     r.place, r.lld, r.uld or "-", r.state, r.health,
                     str(r.users), ", ".join(used) or "-"))
    head, *lines = table(rows)
    print(head)
    for region, line in zip(regions, lines):
        print(line)
        for problem in region.problems():
            print(f"      ! {problem}")
        for key, value in details(region, links) if verbose else ():
            print(f"        {key + ':':14}{value}")


def cmd_list(tree, args):
    try:
        regions, status = select(tree, args)
    except Failure:
        if args.json:
            print("[]")
        raise
    if args.json:
        import json
        holders, links = Holders(tree), read_links(tree)
        print(json.dumps([as_json(r, holders, links) for r in regions],
                         indent=2))
    elif regions:
        print_table(tree, regions, args.verbose)
    elif not status:
        warn("no regions" if not args.names else "no region matches")
    return status

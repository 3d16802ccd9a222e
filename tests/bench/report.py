#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
From the counts of the plugin to a table, a plot and a document.

usage: report.py [--doc] [--profile CASE] DIR SERIES...

DIR/SERIES/ holds what run.sh left: counts (plugin), out (guest), release.
"""
import bisect
import collections
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DRIVERS = ['nd_pmem', 'brd', 'nvm_pmem']
KERNEL_HALF = 1 << 63

# Their instructions are the copy. So are the string moves of a driver that has
# its copy inlined; the few of the block layer are not data.
COPY = re.compile(r'_*(memcpy_flushcache|copy_mc_(to_kernel|fragile|enhanced_fast_string)|'
                  r'memcpy(_orig|_erms)?|copy_page(_regs)?|copy_user_nocache|copy_to_nontemporal|'
                  r'clean_cache_range)$')
OURS = {'nd_pmem': {'nd_pmem', 'libnvdimm'}, 'brd': {'brd'},
        'nvm_pmem': {'nvm_pmem', 'nvm_core', 'nvm_memmap'}}

# No more than the peer: a smaller difference is none, as the timer ticks now
# and then. A third is a third.
PARITY = 1.005
THIRD = 1 / 3

# case, peer, how much of what the peer costs it may cost
BARS = [
    ('read-4k', 'nd_pmem', PARITY),
    ('write-4k', 'nd_pmem', PARITY),
    ('uring-read-4k', 'brd', PARITY),
    ('uring-write-4k', 'brd', PARITY),
    ('uring-read-4k', 'nd_pmem', THIRD),
    ('uring-write-4k', 'nd_pmem', THIRD),
    ('fault-read-4k', 'nd_pmem', PARITY),
    ('fault-write-4k', 'nd_pmem', PARITY),
    ('fault-read-2m', 'nd_pmem', PARITY),
    ('fault-write-2m', 'nd_pmem', PARITY),
]

# Large I/O would dwarf the rest; it is in the table.
PLOTTED = ['read-4k', 'write-4k', 'write-4k-sync', 'uring-read-4k', 'uring-write-4k',
           'dax-read-4k', 'dax-write-4k', 'fault-read-4k', 'fault-write-4k', 'fault-read-2m', 'fault-write-2m']


class Symbols:
    """The guest's /proc/kallsyms."""

    def __init__(self, lines):
        found = []
        for line in lines:
            field = line.split()
            if len(field) >= 3 and field[1] in 'tTwW':
                found.append((int(field[0], 16), field[2],
                              field[3].strip('[]') if len(field) > 3 else ''))
        found.sort()
        self.start = [f[0] for f in found]
        self.name = [f[1:] for f in found]

    def of(self, addr):
        """(function, module) that an address lies in."""
        if addr < KERNEL_HALF:
            return 'user space', ''
        i = bisect.bisect(self.start, addr) - 1
        return self.name[i] if i >= 0 else ('?', '')


def windows(path):
    """For each window the list of (address, kind, executed, bytes)."""
    current = None
    with open(path, encoding='ascii') as counts:
        for line in counts:
            if line.startswith('window'):
                if current is not None:
                    yield current
                current = []
                continue
            addr, kind, executed, size = line.split()
            current.append((int(addr, 16), kind, int(executed, 16), int(size, 16)))
    if current is not None:
        yield current


def guest_lines(directory):
    """What the guest said up to its end, and the symbols."""
    with open(f'{directory}/out', encoding='ascii', errors='replace') as out:
        lines = out.read().rstrip('\0').split('\n')
    end = lines.index('end')
    return lines[:end], Symbols(lines[end + 1:])


def label_windows(directory, labels):
    """The windows, each with its driver, case and N."""
    counted = list(windows(f'{directory}/counts'))
    if len(counted) != len(labels):
        sys.exit(f'{directory}: {len(counted)} windows, {len(labels)} results')
    return [(drv, case, int(n), w) for (drv, case, n), w in zip(labels, counted)]


def load(directory):
    """The windows, each with its driver, case and N; memory; symbols."""
    lines, symbols = guest_lines(directory)
    results = [line.split() for line in lines]
    memory = [r[1:] for r in results if r[0] == 'memory']
    labels = [r for r in results if r[0] != 'memory']
    return label_windows(directory, labels), memory, symbols


def figures(n, window, symbols, ours):
    """The four numbers of one window, the total, and the part of the modules @ours."""
    sums = collections.Counter()
    for addr, kind, executed, size in window:
        name, module = symbols.of(addr)
        sums['total'] += executed
        if COPY.match(name):
            sums['copy'] += executed
            sums['bytes'] += size
        elif kind == 'm' and module in ours:
            sums['copy'] += executed
            sums['bytes'] += size
        elif module in ours:
            sums['driver'] += executed
        if kind == 'l':
            sums['locked'] += executed
        elif kind in 'fc':
            sums['fences'] += executed
    sums['instructions'] = sums['total'] - sums['copy']
    return {k: sums[k] / n for k in
            ('instructions', 'bytes', 'locked', 'fences', 'total', 'driver')}


def medians(samples):
    return {k: statistics.median(s[k] for s in samples) for k in samples[0]}


def memory_cost(memory):
    """KiB a region: in all, and of that slab and per-CPU data."""
    cost = collections.defaultdict(dict)
    for (driver, _, *before), (_, n, *after) in zip(memory[::2], memory[1::2]):
        n = int(n)
        if n >= 1000:           # fewer drown in what the kernel keeps at hand
            free, slab, percpu = ((int(a) - int(b)) / n for a, b in zip(after, before))
            cost[str(n)][driver] = {'all': -free, 'slab': slab, 'percpu': percpu}
    return cost


def analyse(directory):
    with open(f'{directory}/release', encoding='ascii') as f:
        release = f.read().strip()
    runs, memory, symbols = load(directory)
    samples = collections.defaultdict(lambda: collections.defaultdict(list))
    for driver, case, n, window in runs:
        samples[case][driver].append(figures(n, window, symbols, OURS[driver]))
    return {'release': release,
            'cases': {case: {drv: medians(s) for drv, s in by.items()}
                      for case, by in samples.items()},
            'memory': memory_cost(memory)}


def judge(cases):
    """(case, peer, ours, theirs, limit) for each bar."""
    for case, peer, limit in BARS:
        try:
            ours, theirs = (cases[case][d]['instructions'] for d in ('nvm_pmem', peer))
        except KeyError:
            sys.exit(f'{case}: a bar, but not measured for nvm_pmem and {peer}')
        yield case, peer, ours, theirs, limit


def table(result):
    """Text, one kernel."""
    out = [f"Linux {result['release']}: instructions per operation",
           '',
           f"{'case':16} {'driver':9} {'instr.':>9} {'bytes':>8} {'locked':>7} {'fences':>7}"
           f" {'total':>9} {'driver':>7} {'ratio':>6}"]
    for case, drivers in result['cases'].items():
        if case.startswith(('add-', 'remove-')):
            continue
        peer = drivers.get('nd_pmem')
        for drv in DRIVERS:
            if drv not in drivers:
                continue
            f = drivers[drv]
            ratio = f"{f['instructions'] / peer['instructions']:6.3f}" if peer else ''
            out.append(f"{case if drv == DRIVERS[0] else '':16} {drv:9} {f['instructions']:9,.0f}"
                       f" {f['bytes']:8,.0f} {f['locked']:7.1f} {f['fences']:7.1f}"
                       f" {f['total']:9,.0f} {f['driver']:7,.0f} {ratio}")
    out += ['', f"{'bar':16} {'peer':9} {'ours':>9} {'theirs':>8} {'ratio':>7} {'at most':>7}"]
    for case, peer, ours, theirs, limit in judge(result['cases']):
        verdict = 'met' if ours <= theirs * limit else 'NOT MET'
        out.append(f'{case:16} {peer:9} {ours:9,.0f} {theirs:8,.0f} {ours / theirs:7.3f}'
                   f' {limit:7.3f}  {verdict}')
    registered = [c[4:] for c in result['cases'] if c.startswith('add-')]
    if registered:
        out += ['', f"{'':17} instructions each  {'':7}KiB each",
                f"{'regions':>8} {'add':>9} {'remove':>9} {'RAM':>9} {'slab':>7} {'percpu':>7}"]
    for n in registered:
        for drv in ('nvm_pmem', 'brd'):
            add, rem = (result['cases'][f'{w}-{n}'][drv]['total'] for w in ('add', 'remove'))
            mem = result['memory'].get(n, {}).get(drv)
            out.append(f'{n:>8} {add:9,.0f} {rem:9,.0f}' + (
                f" {mem['all']:9.1f} {mem['slab']:7.1f} {mem['percpu']:7.1f}" if mem
                else f"{'':26}") + f'  {drv}')
    return '\n'.join(out) + '\n'


def profile(runs, symbols, all_drivers, wanted):
    """Function by function, the drivers side by side."""
    cost = collections.defaultdict(dict)
    for driver, case, n, window in runs:
        if case != wanted:
            continue
        sums = collections.Counter()
        for addr, _, executed, _ in window:
            name, module = symbols.of(addr)
            sums[f'{name} [{module}]' if module else name] += executed / n
        for name, count in sums.items():
            cost[name][driver] = count
    drivers = [d for d in all_drivers if any(d in c for c in cost.values())]
    print(f"{'function':48}" + ''.join(f' {d:>9}' for d in drivers))
    for name, c in sorted(cost.items(), key=lambda x: -max(x[1].values())):
        if max(c.values()) >= 0.5:
            print(f'{name:48}' + ''.join(f' {c.get(d, 0):{max(9, len(d))}.1f}' for d in drivers))


def plot(out, results):
    """Draw DIR/bench.png and DIR/regions.png."""
    for series, result in results.items():
        cases = result['cases']
        with open(f'{out}/plot-{series}.dat', 'w', encoding='ascii') as f:
            print('case', *DRIVERS, file=f)
            for case in PLOTTED:
                if case in cases:
                    print(case, *(cases[case][d]['instructions'] if d in cases[case] else '-'
                                  for d in DRIVERS), file=f)
        with open(f'{out}/regions-{series}.dat', 'w', encoding='ascii') as f:
            for case in cases:
                if case.startswith('add-'):
                    print(case[4:], cases[case]['nvm_pmem']['total'],
                          cases[case.replace('add', 'remove')]['nvm_pmem']['total'], file=f)
    draw(out, results, 'plot.gp')


def document(out, text, name, pictures):
    """Put the figures between the two comments of a document."""
    docs = f'{HERE}/../../Documentation'
    with open(f'{docs}/{name}', encoding='ascii') as f:
        before, _, after = re.split(r'(?s)(?<=\n\.\. figures begin\n)(.*)(?=\.\. figures end\n)',
                                    f.read())
    block = ''.join(f'  {line}'.rstrip() + '\n' for line in text.split('\n'))
    with open(f'{docs}/{name}', 'w', encoding='ascii') as f:
        f.write(f'{before}\n::\n\n{block}{after}')
    os.makedirs(f'{docs}/figures', exist_ok=True)
    for picture in pictures:
        shutil.copy(f'{out}/{picture}', f'{docs}/figures/{picture}')


def draw(out, results, script):
    """Have gnuplot draw what was written for it."""
    subprocess.run(['gnuplot', '-e', f"out='{out}'; series='{' '.join(results)}'",
                    f'{HERE}/{script}'], check=True)


def write(out, results, text):
    """Leave results.json and table.txt, and print the latter."""
    with open(f'{out}/results.json', 'w', encoding='ascii') as f:
        json.dump(results, f, indent=1)
    with open(f'{out}/table.txt', 'w', encoding='ascii') as f:
        f.write(text)
    print(text, end='')


def run(args, analyse_one, table_one, plot_all, profile_one, docs):
    """[--doc] [--profile CASE] DIR SERIES..."""
    doc = '--doc' in args
    args = [a for a in args if a != '--doc']
    if args[0] == '--profile':
        for series in args[3:]:
            print(f'Linux {series}, {args[1]}')
            profile_one(f'{args[2]}/{series}', args[1])
        return
    out, series = args[0], args[1:]
    results = {s: analyse_one(f'{out}/{s}') for s in series}
    text = '\n'.join(table_one(r) for r in results.values())
    write(out, results, text)
    plot_all(out, results)
    if doc:
        document(out, text, *docs)


def profile_drivers(directory, wanted):
    """The profile of one case."""
    runs, _, symbols = load(directory)
    profile(runs, symbols, DRIVERS, wanted)


if __name__ == '__main__':
    run(sys.argv[1:], analyse, table, plot, profile_drivers,
        ('measured.rst', ('bench.png', 'regions.png')))

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
From what cache.sh left to a table, a plot and a section of a document.

usage: cache_report.py [--doc] [--profile CASE] DIR SERIES...

DIR/SERIES/ holds counts (plugin), out (guest), release.
"""
import json
import sys

import report

DRIVERS = ['raw', 'writecache-pmem', 'writecache-ssd', 'bcache', 'dm-cache', 'nvm_wcache', 'nvm_pmem']
OURS = 'nvm_wcache'
PLOTTED = DRIVERS[:-1]

# A difference that means something, see measured.rst.
SLOWER = 0.97

# job, I/Os a second at least
BARS_IOPS = [
    ('fits-write-q1', 125e3),
    ('fits-write-q16', 105e3),
    ('beyond-write-q1', 37e3),
    ('beyond-write-q16', 60e3),
]
# case, instructions with the copy at most
BARS_TOTAL = [('fits-write-4k', 5500)]
# case: no more than type 1, without the copy
BARS_TYPE_1 = ['clean-read-4k', 'mapped-read-4k']


def load(directory):
    """The jobs of fio by driver, the figures of the counted cases, the windows, the symbols."""
    lines, symbols = report.guest_lines(directory)
    jobs, labels = {}, []
    lines = iter(lines)
    for line in lines:
        field = line.split()
        if field[:1] == ['fio']:
            text = '{'
            while (more := next(lines)) != '}':
                text += more if more != '{' else ''
            jobs.setdefault(field[2], {})[field[1]] = summary(json.loads(text + '}')['jobs'][0])
        elif field:
            labels.append((field[0], field[1], int(field[2])))
    return jobs, report.label_windows(directory, labels), symbols


def summary(job):
    """Of reads and writes together: I/Os a second; mean and 99 % in microseconds, of the writes."""
    done = [job[d] for d in ('write', 'read') if job[d]['total_ios']]
    clat = done[0]['clat_ns']
    return {'iops': sum(d['iops'] for d in done), 'mean': clat['mean'] / 1000,
            'p99': clat['percentile']['99.000000'] / 1000}


def analyse(directory):
    with open(f'{directory}/release', encoding='ascii') as f:
        release = f.read().strip()
    jobs, counted, symbols = load(directory)
    cases = {}
    for driver, case, n, window in counted:
        cases.setdefault(case, {})[driver] = report.figures(n, window, symbols, set())
    return {'release': release, 'jobs': jobs, 'cases': cases}


def bars(result):
    """(what, ours, the bar, whether that is the most or the least) for each bar."""
    jobs, cases = result['jobs'], result['cases']

    def iops(job, driver):
        return jobs.get(job, {}).get(driver, {}).get('iops')

    def cost(case, driver, what):
        return cases.get(case, {}).get(driver, {}).get(what)

    for job, least in BARS_IOPS:
        yield job, iops(job, OURS), least, 'least'
    for case, most in BARS_TOTAL:
        yield f'{case} total', cost(case, OURS, 'total'), most, 'most'
    type_1 = cost('clean-read-4k', 'nvm_pmem', 'instructions')
    for case in BARS_TYPE_1:
        yield f'{case} as type 1', cost(case, OURS, 'instructions'), type_1 and type_1 * report.PARITY, 'most'
    for job, by in jobs.items():
        if 'raw' in by:
            yield f'{job} as raw', iops(job, OURS), by['raw']['iops'] * SLOWER, 'least'


def verdict(ours, bar, which):
    if not ours or not bar:
        return 'not measured'
    return 'met' if (ours >= bar if which == 'least' else ours <= bar) else 'NOT MET'


def cell(figure):
    if not figure:
        return f"{'':20}"
    return f"{figure['iops']:8,.0f} {figure['mean']:5,.0f}/{figure['p99']:<5,.0f}"


def table(result):
    """Text, one kernel."""
    drivers = [d for d in DRIVERS if any(d in by for by in result['jobs'].values())]
    out = [f"Linux {result['release']}: I/Os a second, mean and 99th percentile in us", '',
           f"{'':16}" + ''.join(f' {d:^20}' for d in drivers)]
    for job, by in result['jobs'].items():
        out.append(f'{job:16}' + ''.join(' ' + cell(by.get(d)) for d in drivers))
    out += ['', 'instructions per operation', '',
            f"{'case':16} {'driver':16} {'instr.':>8} {'bytes':>7} {'locked':>7} {'fences':>7} {'total':>8}"]
    for case, by in result['cases'].items():
        for i, drv in enumerate(d for d in DRIVERS if d in by):
            f = by[drv]
            out.append(f"{'' if i else case:16} {drv:16} {f['instructions']:8,.0f} {f['bytes']:7,.0f}"
                       f" {f['locked']:7.1f} {f['fences']:7.1f} {f['total']:8,.0f}")
    out += ['', f"{'bar':28} {'ours':>9} {'bar':>9}"]
    for what, ours, bar, which in bars(result):
        out.append(f"{what:28} {ours or 0:9,.0f} {bar or 0:9,.0f} at {which:5}  {verdict(ours, bar, which)}")
    return '\n'.join(line.rstrip() for line in out) + '\n'


def plot(out, results):
    """Draw DIR/cache.png."""
    for series, result in results.items():
        with open(f'{out}/cache-{series}.dat', 'w', encoding='ascii') as f:
            print('job', *PLOTTED, file=f)
            for job, by in result['jobs'].items():
                print(job, *(by[d]['iops'] / 1000 if d in by else '-' for d in PLOTTED), file=f)
    report.draw(out, results, 'cache.gp')


def profile(directory, wanted):
    """The profile of one case."""
    _, counted, symbols = load(directory)
    report.profile(counted, symbols, DRIVERS, wanted)


if __name__ == '__main__':
    report.run(sys.argv[1:], analyse, table, plot, profile, ('measured-type2.rst', ('cache.png',)))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `caligo reconcile` in every mode with every preset and prints a table.

    bench/reconcile.py build/caligo build/bench --qber 0.01 0.02 0.05 --csv results/reconcile/presets.csv

The runs are interleaved, so that a slow moment of the machine hits all of them, and each figure of speed is the median of its
runs. Speed is by processor time (one core); the clock on the wall also counts other programs. Leakage is the same in all runs,
because the random numbers depend on the seed only. Code constructions are cached by a run that does not count.
"""

import argparse
import csv
import datetime
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

from machine import print_table, processor, run_json

MODES = ("one-way", "blind", "interactive")
PRESETS = ("fast", "balanced", "best")
COLUMNS = (
    "mode", "preset", "bits", "qber", "blocks", "failed_blocks", "undetected_errors", "leaked_bits", "efficiency",
    "one_way_limit", "rounds_mean", "mbps_per_core", "mbps", "decoder_bytes", "isa", "git_hash", "compiler",
)  # fmt: skip


def measure(caligo, folder, options, qber):
    """One row per mode and preset: the counts of the first run and the median speed."""
    subprocess.run(
        [caligo, "--quiet", "sample", "--qber", str(qber), "--bits", str(options.bits), "--seed", "1", "-o", folder], check=True
    )
    alice, bob = folder / "alice.bits", folder / "bob.bits"
    choices = [(mode, preset) for mode in options.mode for preset in options.preset]
    results = {choice: [] for choice in choices}
    for run in range(-1, options.runs):  # the first one fills the cache
        for mode, preset in choices:
            result = run_json(
                caligo, "--quiet", "reconcile", alice, bob, "--mode", mode, "--preset", preset, "--seed", 1, "--json"
            )
            if run >= 0:
                results[mode, preset].append(result)
    rows = []
    for measured in results.values():
        row = {column: measured[0].get(column) for column in COLUMNS}
        for name in ("mbps", "mbps_per_core"):
            row[name] = statistics.median(result[name] for result in measured)
        rows.append(row)
    return rows


def print_rows(rows):
    heads = ("QBER", "mode", "preset", "f", "one-way limit", "failed", "undetected", "rounds", "Mb/s per core", "MB")
    lines = [
        (
            f"{100 * row['qber']:.2f} %",
            row["mode"],
            row["preset"],
            f"{row['efficiency']:.4f}",
            f"{row['one_way_limit']:.4f}",
            f"{row['failed_blocks']:,}/{row['blocks']:,}",
            f"{row['undetected_errors']:,}",
            f"{row['rounds_mean']:.1f}",
            f"{row['mbps_per_core']:.1f}",
            f"{row['decoder_bytes'] / 1e6:.1f}",
        )
        for row in rows
    ]
    print_table(heads, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("caligo", type=Path, help="the tool")
    parser.add_argument("folder", type=Path, help="where the sample keys go")
    parser.add_argument("--bits", type=int, default=1 << 24)
    parser.add_argument("--qber", type=float, nargs="+", default=[0.02])
    parser.add_argument("--mode", nargs="+", default=MODES, choices=MODES)
    parser.add_argument("--preset", nargs="+", default=PRESETS, choices=PRESETS)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--csv", type=Path, help="also write the rows to this file")
    options = parser.parse_args()

    info = run_json(options.caligo, "info", "--json")
    print(f"{processor()}, one process, {info['isa']}, caligo {info['version']} ({info['git_hash']})")
    print(f"{options.bits:,} bits, median of {options.runs} interleaved runs\n")
    rows = [row for qber in options.qber for row in measure(options.caligo, options.folder, options, qber)]
    print_rows(rows)
    if options.csv:
        command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
        with options.csv.open("w", encoding="utf-8", newline="") as file:
            file.write(f"# {datetime.date.today()} {processor()}; {command}\n")
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()

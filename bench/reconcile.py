#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `caligo reconcile` with every preset and prints a table.

The runs of the presets are interleaved, so that a slow moment of the machine hits all of them, and each figure of speed is
the median of its runs. Leakage is the same in all runs, because the random numbers depend on the seed only.
"""

import argparse
import csv
import statistics
import subprocess
from pathlib import Path

from machine import print_table, processor, run_json

PRESETS = ("fast", "balanced", "best")
COLUMNS = ("preset", "bits", "qber", "blocks", "failed_blocks", "undetected_errors", "leaked_bits", "efficiency", "mbps")


def measure(caligo, folder, bits, qber, runs):
    """One row per preset: the counts of the first run and the median speed."""
    subprocess.run([caligo, "--quiet", "sample", "--qber", str(qber), "--bits", str(bits), "--seed", "1", "-o", folder], check=True)
    results = {preset: [] for preset in PRESETS}
    for _ in range(runs):
        for preset in PRESETS:
            alice, bob = folder / "alice.bits", folder / "bob.bits"
            results[preset].append(run_json(caligo, "--quiet", "reconcile", alice, bob, "--preset", preset, "--seed", 1, "--json"))
    rows = []
    for preset, measured in results.items():
        row = {column: measured[0].get(column) for column in COLUMNS}
        row["preset"] = preset
        row["mbps"] = statistics.median(result["mbps"] for result in measured)
        rows.append(row)
    return rows


def print_rows(rows):
    heads = ("preset", "blocks", "failed", "undetected", "leaked bits", "f", "Mb/s")
    lines = [
        (
            row["preset"],
            f"{row['blocks']:,}",
            f"{row['failed_blocks']:,}",
            f"{row['undetected_errors']:,}",
            f"{row['leaked_bits']:,}",
            f"{row['efficiency']:.4f}",
            f"{row['mbps']:.2f}",
        )
        for row in rows
    ]
    print_table(heads, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("caligo", type=Path, help="the tool")
    parser.add_argument("folder", type=Path, help="where the sample keys go")
    parser.add_argument("--bits", type=int, default=4194304)
    parser.add_argument("--qber", type=float, default=0.02)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--csv", type=Path, help="also write the rows to this file")
    options = parser.parse_args()

    info = run_json(options.caligo, "info", "--json")
    print(f"{processor()}, one process, {info['isa']}, caligo {info['version']} ({info['git_hash']})")
    print(f"{options.bits:,} bits, QBER {100 * options.qber:g} %, median of {options.runs} interleaved runs\n")
    rows = measure(options.caligo, options.folder, options.bits, options.qber, options.runs)
    print_rows(rows)
    if options.csv:
        with options.csv.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*COLUMNS, "isa", "processor", "git_hash"])
            writer.writeheader()
            for row in rows:
                writer.writerow({**row, "isa": info["isa"], "processor": processor(), "git_hash": info["git_hash"]})


if __name__ == "__main__":
    main()

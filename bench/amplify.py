#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures privacy amplification at several lengths, on every instruction set, and prints a table.

    bench/amplify.py build/caligo --csv results/amplify/throughput.csv

All rows are measured in turn, several times, and each figure is the median of its runs: CPU time of one thread, new random
input and seed for every block.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from machine import print_table, run_json, write_csv

LENGTHS = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 260_000_000)
COLUMNS = ("isa", "form", "bits", "output_bits", "seed_bits", "mbps", "mbps_low", "mbps_high", "prepared_mbps",
           "seconds", "memory_bytes", "memory_ratio", "one_piece", "allocations", "runs")


def rows_of(tool, isas):
    for isa in isas:
        for bits in LENGTHS:
            for form in ("modified-toeplitz", "toeplitz"):
                if isa == "scalar" and bits > 1_000_000:
                    continue
                yield [tool, "--isa", isa, "bench", "amplify", "--bits", str(bits), "--form", form]
    # The longest one in ever less memory.
    for mib in (128, 64, 32):
        yield [tool, "--isa", isas[0], "bench", "amplify", "--bits", str(LENGTHS[-1]), "--memory", str(mib)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", help="build/caligo")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()

    info = run_json(options.tool, "info", "--json")
    isas = [isa for isa in reversed(info["isa_supported"]) if isa != "avx512bw"]  # which has the units of avx2
    commands = list(rows_of(options.tool, isas))
    runs = [[] for _ in commands]
    for _ in range(options.runs):
        for command, row in zip(commands, runs):
            row.append(run_json(*command, "--seconds", options.seconds, "--json"))
    table = []
    for row in runs:
        speeds = [run["mbps"] for run in row]
        merged = dict(row[0], mbps=statistics.median(speeds), mbps_low=min(speeds), mbps_high=max(speeds),
                      seconds=statistics.median(run["seconds"] for run in row), runs=len(row))
        if row[0]["prepared_mbps"] is not None:
            merged["prepared_mbps"] = statistics.median(run["prepared_mbps"] for run in row)
        table.append(["" if merged[name] is None else f"{merged[name]:.5g}" if isinstance(merged[name], float)
                      else json.dumps(merged[name]).strip('"') for name in COLUMNS])
    print_table(COLUMNS, table)
    if options.csv:
        origin = f"one core; {row[0]['compiler']}; caligo {info['version']}, git {info['git_hash']}"
        write_csv(options.csv, origin, sys.argv, COLUMNS, table)


if __name__ == "__main__":
    main()

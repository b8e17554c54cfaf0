#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries block and interval lengths of Cascade over a grid of error rates; the table in src/cascade/parameters.cpp rests on it.

usage: tools/cascade_sweep.py CASCADE_TABLE [BITS]

CASCADE_TABLE is the program made from tools/cascade_table.cpp. Prints CSV, for every rate the best six by efficiency.
"""

import math
import subprocess
import sys

RATES = (0.0005, 0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.01, 0.0125, 0.015, 0.0175, 0.02, 0.0225, 0.025, 0.03, 0.035)
RATES += (0.04, 0.05, 0.06, 0.07, 0.08, 0.1)


def candidates(qber):
    """Blocks of some hundred errors; first intervals near 1/qber, second ones twice to eight times as long."""
    blocks = (16,) if qber < 0.004 else (15, 16) if qber < 0.012 else (14, 15)
    exponent = math.log2(1 / qber)
    for block in blocks:
        for first in range(max(2, math.floor(exponent) - 1), math.ceil(exponent) + 1):
            for second in range(first + 1, min(first + 4, block)):
                yield block, first, second


def run(program, bits, qber, block, first, second):
    options = (f"block={block}", f"first={first}", f"second={second}", "group=1048576")
    done = subprocess.run([program, str(bits), str(qber), *options], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def main():
    program = sys.argv[1]
    bits = int(sys.argv[2]) if len(sys.argv) > 2 else 4194304
    head = None
    for qber in RATES:
        rows = []
        for block, first, second in candidates(qber):
            head_line, row = run(program, bits, qber, block, first, second)
            if head is None:
                head = head_line.split(",")
                print(head_line, flush=True)
            rows.append(row)
        column = head.index("efficiency")
        for row in sorted(rows, key=lambda row: float(row.split(",")[column]))[:6]:
            print(row, flush=True)


if __name__ == "__main__":
    main()

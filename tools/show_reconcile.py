#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the JSON of `caligo reconcile --json` as a short table.

usage: show_reconcile.py FILE.json
"""

import json
import math
import sys


def binary_entropy(p):
    """h2(p) in bits."""
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def rows(result):
    """(name, value) pairs, in reading order."""
    bits = result["bits"]
    leaked = result["leaked_bits"]
    limit = bits * binary_entropy(result["qber"])
    yield "bits", f"{bits:,}"
    yield "QBER", f"{100 * result['qber']:.3f} %"
    yield "disclosed", f"{leaked:,} bits ({100 * leaked / bits:.2f} %)"
    yield "Shannon limit", f"{limit:,.0f} bits ({100 * limit / bits:.2f} %)"
    yield "efficiency f", "undefined without errors" if result["efficiency"] is None else f"{result['efficiency']:.4f}"
    yield "failed blocks", f"{result['failed_blocks']:,} of {result['blocks']:,}"
    yield "undetected errors", f"{result['undetected_errors']:,}"
    yield "speed", f"{result['mbps']:.2f} Mb/s ({result['seconds']:.2f} s, of which {result['design_seconds']:.2f} s to make the codes)"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        result = json.load(file)
    print()
    for name, value in rows(result):
        print(f"  {name:<18} {value}")
    print()


if __name__ == "__main__":
    main()

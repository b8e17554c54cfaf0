#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the table of list thresholds to the measurements of tools/calibrate.sh.

usage: calibrate_fit.py results/reconcile/list_threshold.csv > src/reconcile/list_threshold_table.inc

For every measured (n, QBER, list size) and target T in {1e-1, 1e-2, 1e-3} the sum of SC bit error probabilities at which
the frame error rate is T is read off a weighted line through ln(FER) over ln(sum), near T. These points are then fitted,
per list size, by a polynomial of second degree in x = n - 16 and u = ln(q/0.02); for 1e-3, where long codes have too few
failures, the distance from 1e-2 is fitted by constant + slope*x. Residuals go to standard error.
"""

import csv
import math
import sys
from collections import defaultdict

TARGETS = (1e-1, 1e-2, 1e-3)
LISTS = (1, 2, 4, 8, 16, 32)


def solve(matrix, vector):
    """Gaussian elimination with pivoting."""
    size = len(vector)
    rows = [list(row) + [value] for row, value in zip(matrix, vector)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def least_squares(points):
    """points: (features, value, weight)."""
    size = len(points[0][0])
    matrix = [[sum(w * f[i] * f[j] for f, _, w in points) for j in range(size)] for i in range(size)]
    vector = [sum(w * f[i] * v for f, v, w in points) for i in range(size)]
    return solve(matrix, vector)


def read(path):
    """(n, q, list) -> [(sum, frames, failures)]"""
    curves = defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            key = (int(row["n"]), float(row["qber"]), int(row["list"]))
            curves[key].append((float(row["sum"]), int(row["frames"]), int(row["failures"])))
    return curves


def crossing(curve, target):
    """(ln of the sum at which FER = target, weight), or None if the data do not bracket it well."""
    near = []
    for total, frames, failures in curve:
        fer = failures / frames
        if failures >= 3 and target / 5 <= fer <= 4 * target and fer < 0.6:
            near.append(((1.0, math.log(total)), math.log(fer), float(failures)))
    if len(near) < 3 or not any(math.exp(v) <= 1.6 * target for _, v, _ in near):
        return None
    offset, slope = least_squares(near)
    if slope < 0.3:
        return None
    at_target = [w for _, v, w in near if math.exp(v) <= 2 * target]
    return (math.log(target) - offset) / slope, max(at_target, default=3.0)


def features(key):
    n, qber, _ = key
    x = n - 16.0
    u = math.log(qber / 0.02)
    return (1.0, x, x * x, u, u * u, x * u)


def main():
    curves = read(sys.argv[1])
    print("// Made by tools/calibrate_fit.py from results/reconcile/list_threshold.csv; see docs/reconcile.md.")
    for size in LISTS:
        found = {t: {k: crossing(c, t) for k, c in curves.items() if k[2] == size} for t in TARGETS}
        found = {t: {k: v for k, v in points.items() if v} for t, points in found.items()}
        fits = {}
        for target in TARGETS[:2]:
            fits[target] = least_squares([(features(k), v, min(w, 50.0)) for k, (v, w) in found[target].items()])
        rest = [(features(k)[:2], v - sum(c * f for c, f in zip(fits[1e-2], features(k))), min(w, 50.0))
                for k, (v, w) in found[1e-3].items()]
        distance = least_squares(rest)
        fits[1e-3] = [fits[1e-2][0] + distance[0], fits[1e-2][1] + distance[1], *fits[1e-2][2:]]
        for target in TARGETS:
            for key, (value, _) in sorted(found[target].items()):
                model = sum(c * f for c, f in zip(fits[target], features(key)))
                print(f"L={size} FER={target:g} n={key[0]} q={key[1]}: T={math.exp(value):.4g} "
                      f"model/measured={math.exp(model - value):.3f}", file=sys.stderr)
        rows = ", ".join("{" + ", ".join(f"{c:.4f}" for c in fits[t]) + "}" for t in TARGETS)
        print(f"{{{{{rows}}}}},  // list {size}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the reference curves of results/fer and draws them: frame error rates of lists of 1, 8 and 32.

    bench/fer.py build/caligo build/bench results/fer
    bench/fer.py build/caligo build/bench results/fer --only n1024 --threads 2
    bench/fer.py build/caligo build/bench results/fer --plot     draws anew, and prints the table of docs/fer.md

What a CSV file already holds is not counted again, so the script may be stopped at any time and started anew. All of it takes
about 13 minutes of one core (AMD Zen 4). The counts do not depend on the machine, its threads or its instruction set.
"""

import argparse
import math
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

from machine import run_json


class Curve(NamedTuple):
    name: str  # of the CSV file
    design: str  # options of caligo construct
    decoder: str  # options of caligo simulate
    channels: str
    frames: int  # at most, per point
    errors: int = 100


SC = "--list 1"
L8 = "--list 8"
L32 = "--list 32"


def family(name, design, crc, message, plain, ranges, frames):
    """SC without CRC, then lists of 8 and 32 with it. plain: message bits of the code without CRC."""
    return [
        Curve(f"{name}_sc", f"{design} --message {plain} --crc none", SC, ranges[0], frames[0]),
        Curve(f"{name}_l8", f"{design} --message {message} --crc {crc}", L8, ranges[1], frames[1]),
        Curve(f"{name}_l32", f"{design} --message {message} --crc {crc}", L32, ranges[2], frames[2]),
    ]


def ebn0(first, step, last):
    return f"awgn-ebn0:{first}:{step}:{last}"


HALF = (ebn0(1, 0.5, 4), ebn0(1, 0.25, 3), ebn0(1, 0.25, 2.5))
FIGURES = {
    "n64": family("n64", "-n 6 --method polarization-weight", "crc6", 32, 32,
                  ["bsc:0.01:0.01:0.1"] * 3, [1_000_000] * 3),
    "n256": family("n256", "-n 8 --method polarization-weight", "crc11", 117, 128,
                   [ebn0(1, 0.5, 4.5), ebn0(1, 0.5, 4), ebn0(1, 0.5, 3.5)], [1_000_000] * 3),
    "n256_bsc": family("n256_bsc", "-n 8 --method polarization-weight", "crc11", 117, 128,
                       ["bsc:0.02:0.01:0.1"] * 3, [1_000_000] * 3),
    "n1024": family("n1024", "-n 10 --channel awgn-ebn0:2", "crc16-ccitt", 512, 512, HALF, [2_000_000] * 3),
    "n1024_5gnr": family("n1024_5gnr", "-n 10 --method nr5g", "crc16-ccitt", 512, 512, HALF, [1_500_000] * 3),
    "n512_5gnr": family("n512_5gnr", "-n 9 --method nr5g", "crc11", 256, 256,
                        (ebn0(1, 0.5, 4), ebn0(1, 0.5, 3), ebn0(1, 0.5, 3)), [1_000_000] * 3),
    "n2048": family("n2048", "-n 11 --channel awgn-ebn0:4", "crc32", 1723, 1723,
                    (ebn0(3.5, 0.5, 5.5), ebn0(3.25, 0.25, 4.5), ebn0(3, 0.25, 4.25)), [1_200_000] * 3),
    "n4096": family("n4096", "-n 12 --channel awgn-ebn0:1.4", "crc16-ccitt", 2048, 2048,
                    (ebn0(1, 0.25, 2.5), ebn0(1, 0.2, 2), ebn0(1, 0.2, 1.8)), [400_000] * 3),
    "n16384": family("n16384", "-n 14 --channel awgn-ebn0:1.1", "crc16-ccitt", 8192, 8192,
                     (ebn0(0.9, 0.2, 1.9), ebn0(0.8, 0.1, 1.4), ebn0(0.8, 0.1, 1.3)), [100_000, 60_000, 40_000]),
    "n65536": family("n65536", "-n 16 --channel awgn-ebn0:0.95", "crc16-ccitt", 32768, 32768,
                     (ebn0(0.8, 0.1, 1.4), ebn0(0.8, 0.05, 1.1), ebn0(0.75, 0.05, 1)), [20_000, 12_000, 10_000]),
    "n1048576": family("n1048576", "-n 20 --channel awgn-ebn0:0.88", "crc16-ccitt", 524288, 524288,
                       (ebn0(0.84, 0.02, 0.94), ebn0(0.82, 0.02, 0.9), ebn0(0.8, 0.02, 0.88)), [1000, 600, 600]),
}


# Curves of several codes in one figure.
OVERVIEW = [f"{name}_l32" for name in ("n1024", "n4096", "n16384", "n65536", "n1048576")]


def run(*words):
    print(shlex.join(str(word) for word in words), flush=True)
    subprocess.run([str(word) for word in words], check=True)


def measure(options, curve):
    code = options.folder / f"{curve.name}.json"
    run(options.caligo, "--quiet", "construct", *curve.design.split(), "-o", code)
    run(options.caligo, "simulate", "-c", code, *curve.decoder.split(), "--channel", curve.channels, "--min-errors",
        curve.errors, "--max-frames", curve.frames, "--seed", 1, "--threads", options.threads, "--csv",
        options.results / f"{curve.name}.csv", "--resume")


def draw(options, name, curves):
    files = [path for curve in curves if (path := options.results / f"{curve}.csv").exists()]
    if not files:
        return
    run(options.caligo, "plot", *files, "-o", options.results / f"{name}.svg")
    # Pages are for looking at values; each holds the whole program that shows them, so they are not kept.
    run(options.caligo, "plot", *files, "-o", options.folder / f"{name}.html")


def crossing(points, target):
    """Where a curve passes an error rate, on a straight line through log10 of its neighbours; None if it does not."""
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if y0 != y1 and (y0 - target) * (y1 - target) <= 0:
            a, b, t = math.log10(y0), math.log10(y1), math.log10(target)
            return x0 + (x1 - x0) * (t - a) / (b - a)
    return None


def print_table(options, target):
    """Where each list size, and the normal approximation, has this frame error rate."""
    print(f"\n| FER {target:g} | L = 1 | L = 8 | L = 32 | normal approximation |\n|---|---|---|---|---|")
    for name in options.only:
        files = [options.results / f"{curve.name}.csv" for curve in FIGURES[name]]
        if not all(path.exists() for path in files):
            continue
        chart = run_json(options.caligo, "plot", *files, "--json")
        curves = [[(p["x"], p["y"]) for p in curve["points"] if p["y"] > 0] for curve in chart["curves"]]
        curves.append(chart["limits"][-1]["points"])  # of the code with CRC, where they differ
        digits = 4 if chart["x"]["quantity"] == "crossover" else 2
        found = [crossing(points, target) for points in curves]
        cells = ["–" if x is None else f"{x:.{digits}f}" for x in found]
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("caligo", type=Path, help="the tool")
    parser.add_argument("folder", type=Path, help="where code files and pages go")
    parser.add_argument("results", type=Path, help="where the CSV files and the figures go")
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES), help="these figures")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plot", action="store_true", help="only draw what the CSV files hold")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.results.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        for curve in FIGURES[name] if not options.plot else ():
            measure(options, curve)
        draw(options, name, [curve.name for curve in FIGURES[name]])
    draw(options, "half_rate_l32", OVERVIEW)
    print_table(options, 1e-3)


if __name__ == "__main__":
    main()

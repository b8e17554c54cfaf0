#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the decoders on a table of codes and prints it; with --csv also writes the figures down.

    bench/decode.py build/caligo build/bench --csv results/decode/table.csv

Each code is constructed for, and run at, the Eb/N0 where its list decoder fails in about one frame of a hundred: a decoder
that works harder on bad frames shows its worst there. The FER comes from the same runs. All rows are measured in turn, several
times, so that a slow moment of the machine hits every row, and each figure of speed is the median of its runs.
"""

import argparse
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

from machine import print_table, processor, run_json, write_csv


class Code(NamedTuple):
    n: int
    message: int
    ebn0_8: float  # dB, where the FER of a list of 8 is about 1e-2
    ebn0_32: float  # and of a list of 32


CODES = (
    Code(10, 512, 1.82, 1.59),
    Code(11, 1723, 3.54, 3.38),
    Code(12, 2048, 1.42, 1.24),
    Code(14, 8192, 1.16, 1.04),
    Code(16, 32768, 0.98, 0.88),
    Code(20, 524288, 0.88, 0.86),
)


class Row(NamedTuple):
    code: Code
    ebn0: float
    decoder: tuple  # options of caligo bench decode

    def channel(self):
        return f"awgn-ebn0:{self.ebn0:g}"


def rows_of(code):
    interleaved = code.n <= 16  # longer frames are decoded one by one in batches, too
    yield Row(code, code.ebn0_8, ("--decoder", "sc"))
    if interleaved:
        yield Row(code, code.ebn0_8, ("--decoder", "sc", "--batch"))
    yield Row(code, code.ebn0_8, ("--decoder", "scl", "--list", "8"))
    yield Row(code, code.ebn0_32, ("--decoder", "scl", "--list", "32"))
    yield Row(code, code.ebn0_32, ("--decoder", "adaptive", "--list", "32"))
    if interleaved:
        yield Row(code, code.ebn0_32, ("--decoder", "adaptive", "--list", "32", "--batch"))
    if code.n == 11:  # where SC nearly always succeeds
        yield Row(code, 4.5, ("--decoder", "adaptive", "--list", "32", "--batch"))


COUNTS = ("frames", "frame_errors", "undetected_errors")
SPEEDS = ("message_mbps", "coded_mbps", "latency_us_p50", "latency_us_p99")
COLUMNS = ("n", "k", "crc", "decoder", "list", "batch_frames", "channel", *SPEEDS, *COUNTS, "fer", "llr_scale",
           "decoder_bytes", "allocations", "latency_clock", "throughput_clock", "threads", "isa", "strong_id")


def construct(caligo, folder, row):
    path = folder / f"n{row.code.n}_k{row.code.message}_{row.ebn0:g}dB.json"
    run_json(caligo, "--quiet", "construct", "--channel", row.channel(), "-n", row.code.n, "--message", row.code.message,
             "--crc", "crc16-ccitt", "-o", path, "--json")
    return path


def measure_once(options, row, code_file, seed):
    command = [options.caligo, *(("--isa", options.isa) if options.isa else ()), "--quiet", "bench", "decode", "-c", code_file,
               *row.decoder, "--channel", row.channel(), "--seconds", options.seconds, "--seed", seed, "--json"]
    return run_json(*command)


def merge(reports):
    """Medians of the speeds, sums of the counts; the rest is the same in all runs."""
    merged = dict(reports[0])
    for name in SPEEDS:
        merged[name] = float(f"{statistics.median(report[name] for report in reports):.5g}")
    for name in COUNTS:
        merged[name] = sum(report[name] for report in reports)
    merged["allocations"] = None if merged["allocations"] is None else sum(report["allocations"] for report in reports)
    merged["fer"] = float(f"{merged['frame_errors'] / merged['frames']:.4g}")
    return merged


def measure(options, rows):
    files = {row: construct(options.caligo, options.folder, row) for row in rows}
    reports = {row: [] for row in rows}
    for run in range(options.runs):
        for position, row in enumerate(rows):
            if sys.stderr.isatty():
                done = run * len(rows) + position
                print(f"\r{done} of {options.runs * len(rows)} runs", end="\033[K", file=sys.stderr)
            reports[row].append(measure_once(options, row, files[row], run + 1))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return [merge(reports[row]) for row in rows]


def microseconds(value):
    return f"{value:.4g} µs" if value < 1000 else f"{value / 1000:.4g} ms"


def print_results(results):
    heads = ("code", "decoder", "Eb/N0", "FER", "median", "99 %", "message Mb/s", "coded Mb/s", "memory")
    lines = []
    for result in results:
        lines.append((
            f"({2 ** result['n']},{result['k']})",
            f"{result['decoder']} {result['list']}" + (" batch" if result["batch_frames"] > 1 else ""),
            result["channel"].partition(":")[2] + " dB",
            f"{result['fer']:.2e}",
            microseconds(result["latency_us_p50"]),
            microseconds(result["latency_us_p99"]),
            f"{result['message_mbps']:.4g}",
            f"{result['coded_mbps']:.4g}",
            f"{result['decoder_bytes'] / 1e6:.3g} MB",
        ))
    print_table(heads, lines)


def write_results(path, results):
    first = results[0]
    origin = f"one core; {first['compiler']}; caligo {first['version']}, git {first['git_hash']}"
    words = ["bench/decode.py", "build/caligo", "build/bench", *sys.argv[3:]]
    write_csv(path, origin, words, COLUMNS, [[result.get(name, "") for name in COLUMNS] for result in results])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("caligo", type=Path, help="the tool")
    parser.add_argument("folder", type=Path, help="where the code files go")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write the rows to this file")
    parser.add_argument("--runs", type=int, default=5, help="runs per row (default 5)")
    parser.add_argument("--seconds", type=float, default=1, help="CPU time of decoding in every run (default 1)")
    parser.add_argument("--isa", help="instruction set (default: the fastest)")
    parser.add_argument("-n", type=int, action="append", choices=[code.n for code in CODES],
                        help="this block length only, log2; may be repeated")
    options = parser.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    codes = [code for code in CODES if not options.n or code.n in options.n]
    results = measure(options, [row for code in codes for row in rows_of(code)])
    first = results[0]
    print(f"{processor()}, one core, {first['isa']}, {first['compiler']}, caligo {first['version']} ({first['git_hash']})")
    print(f"median of {options.runs} interleaved runs of {options.seconds:g} s; throughput by CPU time\n")
    print_results(results)
    if options.csv:
        write_results(options.csv, results)


if __name__ == "__main__":
    main()

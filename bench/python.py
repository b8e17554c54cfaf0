#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the Python package: what a call costs beyond the computation, how two threads scale, whether memory stays flat.

    PYTHONPATH=build/python .venv/bin/python bench/python.py --csv results/python/calls.csv

The cost of a call is the time of a call with one frame less the time that one more frame takes in a call with many. Times
are minima of many repetitions; threads are timed by the wall clock and want a quiet machine.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import threading
import time
import timeit
from pathlib import Path

import numpy as np
from machine import print_table, write_csv

import caligo

COLUMNS = ("what", "value", "unit", "note")


def best(call, number, repeat=25):
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number


def call_costs():
    """On a code so small that it does not matter."""
    codec = caligo.PolarCodec(block_length=8, message_length=4, crc="none", channel="bec:0.5", list_size=1)
    many = 512
    llr = np.ones((many, 8), np.float32)
    bits = np.zeros((many, 8), np.uint8)
    messages = np.zeros((many, 4), np.uint8)
    batches = {
        "decode": lambda frames: codec.decode(llr[:frames]),
        "soft_decode": lambda frames: codec.soft_decode(llr[:frames]),
        "encode": lambda frames: codec.encode(messages[:frames]),
        "compute_syndrome": lambda frames: codec.compute_syndrome(bits[:frames]),
    }
    slice_cost = best(lambda: llr[:1], 20000)
    for name, call in batches.items():
        one = best(lambda: call(1), 5000) - slice_cost
        per_frame = (best(lambda: call(many), 20) - one) / (many - 1)
        yield f"{name}: call", one * 1e6, "us", "one frame of N = 8"
        yield f"{name}: overhead", (one - per_frame) * 1e6, "us", f"less the computation, {per_frame * 1e9:.0f} ns"
    singles = {
        "decode_hard": (lambda: codec.decode_hard(bits[0], syndrome=messages[0]), "syndrome given; computation not deducted"),
        "decode_soft": (lambda: codec.decode_soft(llr[0], llr_prior=llr[1]), "prior given; computation not deducted"),
    }
    for name, (call, note) in singles.items():
        yield f"{name}: call", best(call, 5000) * 1e6 - 2 * best(lambda: llr[0], 20000) * 1e6, "us", note


def run_threads(count, work):
    """Wall seconds of `count` threads that do the same."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def workloads():
    """Functions that work for some 20 ms, by name."""
    codec = caligo.PolarCodec(block_length=4096, message_length=2048, list_size=8, channel="awgn-ebn0:2")
    rng = np.random.default_rng(1)
    sigma = 10 ** (-2 / 20)
    words = codec.encode(rng.integers(0, 2, (256, 2048), dtype=np.uint8))
    llr = (2 / sigma**2 * (1 - 2.0 * words + sigma * rng.standard_normal(words.shape))).astype(np.float32)

    def each(call, rows, times=4):
        for _ in range(times):
            for row in rows:
                call(row)

    return {
        "decode, 256 frames": lambda: each(codec.decode, [llr]),
        "decode, 1 frame": lambda: each(codec.decode, llr),
        "decode_hard": lambda: each(codec.decode_hard, words),
        "decode_soft": lambda: each(codec.decode_soft, llr[:64], 1),
    }


def serve():
    """A process that works when it is told to: reads names, answers with a line."""
    work = workloads()
    for line in sys.stdin:
        work[line.strip()]()
        print("done", flush=True)


def run_processes(workers, name):
    """Wall seconds of processes that do the same at once."""
    start = time.perf_counter()
    for worker in workers:
        worker.stdin.write(name + "\n")
        worker.stdin.flush()
    for worker in workers:
        worker.stdout.readline()
    return time.perf_counter() - start


def scaling(repeat):
    """Two threads against one, and against two processes, which have a lock of the interpreter each."""
    command = [sys.executable, __file__, "--serve"]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    note = "(4096, 2048), list of 8; wall time"
    for name, work in workloads().items():
        work()
        run_processes(workers, name)
        one, two, apart = [], [], []
        for _ in range(repeat):  # in turn, so that other load hits all
            one.append(run_threads(1, work))
            two.append(run_threads(2, work))
            apart.append(run_processes(workers, name))
        yield f"two threads against one: {name}", 2 * min(one) / min(two), "x", f"{note}, minima"
        ratio = statistics.median(p / t for p, t in zip(apart, two))
        yield f"two threads against two processes: {name}", ratio, "x", f"{note}, median of pairs"
    for worker in workers:
        worker.stdin.close()
        worker.wait()


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def memory():
    codec = caligo.PolarCodec(block_length=1024, message_length=512)
    rng = np.random.default_rng(1)
    words = rng.integers(0, 2, (100, 1024), dtype=np.uint8)
    llr = (4 - 8.0 * words).astype(np.float32)

    def decode(rounds):
        for _ in range(rounds):
            for word, row in zip(words, llr):
                codec.decode_hard(word)
                codec.decode_soft(row)
                codec.decode(row)

    decode(5)
    before = resident()
    decode(100)
    yield "growth over 10,000 decodes of each kind", (resident() - before) / 1024, "KiB", "resident set"
    code = caligo.construct(block_length=1 << 20, message_length=1 << 19, channel="bsc:0.09", method="automatic")
    big = caligo.PolarCodec.from_code(code, list_size=32)
    word = np.zeros(1 << 20, np.uint8)
    before = resident()
    result = big.decode_hard(word)
    grown = resident() - before - result.codeword.nbytes - result.decoded_message.nbytes
    yield "decoder of one thread, N = 2^20, list of 32", big.decoder_bytes() / 1e6, "MB", "as it counts itself"
    yield "resident growth of its first call", grown / 1e6, "MB", "with plan and buffers, without the results"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="calls, threads, memory (all)")
    parser.add_argument("--repeat", type=int, default=15, help="of the threads' measurement")
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve()
    parts = {"calls": call_costs, "threads": lambda: scaling(options.repeat), "memory": memory}
    rows = []
    for name in options.what or parts:
        rows += [(what, f"{value:.3g}", unit, note) for what, value, unit, note in parts[name]()]
    print_table(COLUMNS, rows)
    if options.csv:
        info = caligo.info()
        origin = (f"Python {sys.version.split()[0]}, NumPy {np.__version__}; caligo {info['version']}, "
                  f"git {info['git_hash']}, {info['isa']}")
        write_csv(options.csv, origin, sys.argv, COLUMNS, rows)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is one build of caligo slower than another? Runs both in turn on the same cases and decides with a confidence interval.

    bench/compare.py BASE/caligo NEW/caligo
    bench/compare.py BASE/caligo NEW/caligo --case 10,512,32,awgn-ebn0:1.7 --rounds 31

Every round runs each case with both builds right after each other, in alternating order, with a new seed that both share.
A case is SLOWER if the bootstrap interval of the median ratio of the times lies above 1 + tolerance, not slower if it lies
below, and undecided in between; undecided cases are measured on, up to --most-rounds.

Exit code: 0 no case is slower; 1 a case is slower; 3 no case is slower, but some are undecided; 2 wrong usage or a failed run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
import paired

# n, message bits, list size, channel (the code is constructed for it), decoder: short and long codes, all kernels.
DEFAULT_CASES = (
    "10,512,1,awgn-ebn0:2.5",
    "10,512,8,awgn-ebn0:1.9",
    "10,512,32,awgn-ebn0:1.7",
    "11,1723,32,awgn-ebn0:3.5",
    "16,32768,8,awgn-ebn0:1.2",
    "16,32768,32,awgn-ebn0:1.1",
)
EXIT_CODES = {paired.NOT_SLOWER: 0, paired.SLOWER: 1, paired.UNDECIDED: 3}


class Case(NamedTuple):
    n: int
    message: int
    list_size: int
    channel: str
    options: tuple = ()

    def __str__(self):
        words = " ".join(self.options)
        return f"({2**self.n},{self.message}) list {self.list_size} {self.channel} {words}".rstrip()


def parse_case(text):
    """n,K,L,CHANNEL and further options of `caligo bench decode`, all separated by commas."""
    fields = text.split(",")
    if len(fields) < 4 or not all(field.isdecimal() for field in fields[:3]):
        raise argparse.ArgumentTypeError(f"expected n,K,L,CHANNEL[,OPTION...], got {text}")
    return Case(int(fields[0]), int(fields[1]), int(fields[2]), fields[3], tuple(fields[4:]))


class Failure(Exception):
    """A run of caligo that gave no result."""


def run(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr.decode().strip()}")
    return done.stdout


def make_code(caligo, case, path):
    """Both builds decode the code that the base constructs."""
    run(caligo, "--quiet", "construct", "--channel", case.channel, "-n", case.n, "--message", case.message, "-o", path)


def time_per_frame(caligo, case, code, seconds, seed):
    """CPU seconds per frame."""
    output = run(caligo, "--quiet", "bench", "decode", "-c", code, "--list", case.list_size, "--channel", case.channel,
                 "--seconds", seconds, "--seed", seed, "--json", *case.options)
    report = json.loads(output)
    return report["k"] / (1e6 * report["message_mbps"])


def measure_pair(builds, case, code, seconds, turn):
    """One ratio of times new/base; who goes first changes from turn to turn."""
    times = {}
    for build in builds if turn % 2 == 0 else reversed(builds):
        times[build] = time_per_frame(build.path, case, code, seconds, turn + 1)
    return times[builds[1]] / times[builds[0]]


class Build(NamedTuple):
    role: str
    path: Path


def looks(rounds, most_rounds):
    """After how many pairs the undecided cases are judged."""
    return [*range(rounds, most_rounds, rounds), most_rounds]


def measure(options, measure_case):
    """{case: (number of pairs, interval, verdict)}. measure_case(case, turn) gives one ratio of times.

    A case is left alone once it is settled, and the confidence is shared out over cases and looks: whoever looks often enough
    would find a false alarm in the end.
    """
    turns = looks(options.rounds, options.most_rounds)
    confidence = paired.shared_confidence(options.confidence, len(options.case) * len(turns))
    ratios = {case: [] for case in options.case}
    results = {}
    undecided = options.case
    done = 0
    for until in turns:
        for turn in range(done, until):
            for case in undecided:
                ratios[case].append(measure_case(case, turn))
        done = until
        for case in undecided:
            interval = paired.bootstrap_median(ratios[case], confidence)
            results[case] = (len(ratios[case]), interval, paired.verdict(interval, options.tolerance))
        undecided = [case for case in undecided if results[case][2] == paired.UNDECIDED]
    return results


def print_table(results, confidence):
    width = max(len(str(case)) for case in results)
    print(f"{'case':{width}}  pairs  time new/base (all intervals hold with {100 * confidence:g} %)  verdict")
    for case, (pairs, interval, verdict) in results.items():
        ratio = f"{interval.median:.4f}  ({interval.low:.4f} to {interval.high:.4f})"
        print(f"{str(case):{width}}  {pairs:5}  {ratio:48}  {verdict}")


def compare(options):
    """Prints a line per case; returns the worst verdict."""
    builds = (Build("base", options.base), Build("new", options.new))
    with tempfile.TemporaryDirectory(prefix="caligo-compare-") as folder:
        codes = {case: Path(folder) / f"{i}.json" for i, case in enumerate(options.case)}
        for case, code in codes.items():
            make_code(options.base, case, code)
        results = measure(options, lambda case, turn: measure_pair(builds, case, codes[case], options.seconds, turn))
    print_table(results, options.confidence)
    return paired.worst(verdict for _, _, verdict in results.values())


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path, help="the caligo to compare with")
    parser.add_argument("new", type=Path, help="the caligo in question")
    parser.add_argument("--case", type=parse_case, action="append", metavar="n,K,L,CHANNEL[,OPTION...]",
                        help=f"may be repeated; default: {'  '.join(DEFAULT_CASES)}")
    parser.add_argument("--rounds", type=int, default=15, help="pairs per case before the first verdict (default 15)")
    parser.add_argument("--most-rounds", type=int, default=45, help="pairs of an undecided case (default 45)")
    parser.add_argument("--seconds", type=float, default=0.2, help="CPU time of decoding in every run (default 0.2)")
    parser.add_argument("--tolerance", type=float, default=0.02, help="what does not count as slower (default 0.02)")
    parser.add_argument("--confidence", type=float, default=0.99, help="of all intervals together (default 0.99)")
    options = parser.parse_args()
    options.case = options.case or [parse_case(text) for text in DEFAULT_CASES]
    options.case = list(dict.fromkeys(options.case))
    if options.rounds < 5:
        parser.error(f"--rounds: expected at least 5, got {options.rounds}")
    options.most_rounds = max(options.most_rounds, options.rounds)
    return options


def main():
    try:
        return EXIT_CODES[compare(parse_arguments())]
    except (Failure, OSError, KeyError, ValueError) as failure:
        print(f"compare: {failure}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

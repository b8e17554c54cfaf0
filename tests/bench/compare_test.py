#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The performance gate: its statistics on simulated noise, and the whole script on programs that act as caligo would.

    compare_test.py

Nothing here depends on how long anything takes; tests/bench/slowdown.py plants a real slowdown in the real tool.
"""
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
import paired

SEED = int(os.environ.get("CALIGO_TEST_SEED", "11"), 0)


def noisy_ratios(generator, slowdown, pairs):
    """Ratios as on a shared machine: a few per cent of scatter, and one pair in ten badly disturbed, to either side."""
    ratios = []
    for _ in range(pairs):
        noise = generator.gauss(0, 0.015)
        if generator.random() < 0.1:
            noise += generator.choice((-1, 1)) * generator.uniform(0.1, 0.7)
        ratios.append(slowdown * math.exp(noise))
    return ratios


def verdicts(generator, slowdown, trials):
    counts = {paired.NOT_SLOWER: 0, paired.UNDECIDED: 0, paired.SLOWER: 0}
    for _ in range(trials):
        interval = paired.bootstrap_median(noisy_ratios(generator, slowdown, 15), 0.99, resamples=800)
        counts[paired.verdict(interval, 0.02)] += 1
    return counts


class Statistics(unittest.TestCase):
    def test_a_slowdown_of_ten_per_cent_is_seen(self):
        counts = verdicts(random.Random(SEED), 1.1, 200)
        self.assertGreaterEqual(counts[paired.SLOWER], 190, f"{counts}, CALIGO_TEST_SEED={SEED}")

    def test_equal_builds_raise_no_alarm(self):
        counts = verdicts(random.Random(SEED), 1.0, 200)
        self.assertLessEqual(counts[paired.SLOWER], 1, f"{counts}, CALIGO_TEST_SEED={SEED}")
        self.assertGreaterEqual(counts[paired.NOT_SLOWER], 150, f"{counts}, CALIGO_TEST_SEED={SEED}")

    def test_what_the_tolerance_allows_raises_no_alarm(self):
        counts = verdicts(random.Random(SEED), 1.02, 200)
        self.assertLessEqual(counts[paired.SLOWER], 5, f"{counts}, CALIGO_TEST_SEED={SEED}")

    def test_interval_covers_the_median(self):
        generator = random.Random(SEED)
        missed = 0
        for _ in range(200):
            interval = paired.bootstrap_median(noisy_ratios(generator, 1.05, 15), 0.95, resamples=800)
            missed += not interval.low <= 1.05 <= interval.high
        # 5 % of 200 is 10; 25 or more have a probability below 1e-4.
        self.assertLess(missed, 25, f"CALIGO_TEST_SEED={SEED}")
        self.assertGreater(missed, 0, f"CALIGO_TEST_SEED={SEED}")

    def test_constant_ratios_give_a_point(self):
        self.assertEqual(paired.bootstrap_median([1.25] * 9), (1.25, 1.25, 1.25))

    def test_verdicts(self):
        for low, high, expected in ((1.03, 1.2, paired.SLOWER), (0.9, 1.01, paired.NOT_SLOWER),
                                    (0.9, 1.2, paired.UNDECIDED), (0.5, 0.6, paired.NOT_SLOWER)):
            self.assertEqual(paired.verdict(paired.Interval(low, (low + high) / 2, high), 0.02), expected)
        self.assertEqual(paired.worst([paired.NOT_SLOWER, paired.SLOWER, paired.UNDECIDED]), paired.SLOWER)
        self.assertEqual(paired.worst([paired.NOT_SLOWER, paired.UNDECIDED]), paired.UNDECIDED)
        self.assertEqual(paired.worst([paired.NOT_SLOWER]), paired.NOT_SLOWER)

    def test_confidence_is_shared_out(self):
        self.assertAlmostEqual(paired.shared_confidence(0.95, 5), 0.99)

    def test_nonsense_is_refused(self):
        for ratios in ([], [1.0, 0.0], [1.0, math.nan], [math.inf]):
            with self.assertRaises(ValueError):
                paired.bootstrap_median(ratios)
        with self.assertRaises(ValueError):
            paired.bootstrap_median([1.0], confidence=1.0)


# Answers as caligo does; the speed is that of --list 8 with a reproducible scatter, divided by the slowdown.
STAND_IN = """#!{python}
import json, random, sys
if "construct" in sys.argv:
    sys.exit(0)
seed = sys.argv[sys.argv.index("--seed") + 1]
scatter = random.Random(f"{{seed}} {slowdown}").gauss(1, 0.01)
slowdown = {slowdown} if sys.argv[sys.argv.index("--list") + 1] == "8" else 1
print(json.dumps({{"k": 512, "message_mbps": 100 * scatter / slowdown}}))
"""


class Script(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="caligo-compare-test-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def stand_in(self, name, slowdown):
        path = self.folder / name
        path.write_text(STAND_IN.format(python=sys.executable, slowdown=slowdown), encoding="utf-8")
        path.chmod(0o755)
        return path

    def compare(self, slowdown, *options, cases=("10,512,8,bsc:0.1",)):
        words = [word for case in cases for word in ("--case", case)]
        done = subprocess.run([sys.executable, "-B", BENCH / "compare.py", self.stand_in("base", 1.0),
                               self.stand_in("new", slowdown), "--rounds", "7", *words, *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_exit_codes(self):
        for slowdown, code, word in ((1.1, 1, "SLOWER"), (1.0, 0, "not slower"), (0.5, 0, "not slower")):
            with self.subTest(slowdown=slowdown):
                found, text = self.compare(slowdown)
                self.assertEqual(found, code, text)
                self.assertIn(word, text)

    def test_undecided_has_a_code_of_its_own(self):
        found, text = self.compare(1.02, "--most-rounds", "7")
        self.assertEqual(found, 3, text)
        self.assertIn("undecided", text)

    def test_one_slow_case_among_others_is_enough(self):
        found, text = self.compare(1.1, cases=("10,512,32,bsc:0.1", "10,512,8,bsc:0.1"))
        self.assertEqual(found, 1, text)
        self.assertRegex(text, r"list 32 .*not slower")
        self.assertRegex(text, r"list 8 .*SLOWER")

    def test_a_failed_run_is_no_verdict(self):
        self.stand_in("base", 1.0)
        done = subprocess.run([sys.executable, "-B", BENCH / "compare.py", self.folder / "base", "/bin/false", "--case",
                               "10,512,8,bsc:0.1"], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("exit code 1", done.stderr)

    def test_wrong_usage(self):
        for wrong in (("--case", "10,512,8"), ("--case", "ten,512,8,bsc:0.1"), ("--rounds", "2")):
            found, text = self.compare(1.0, *wrong)
            self.assertEqual(found, 2, text)


if __name__ == "__main__":
    unittest.main()

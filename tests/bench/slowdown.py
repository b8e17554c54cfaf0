#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The performance gate on the real tool: it catches a decoder that takes a tenth longer, and is silent on equal builds.

    slowdown.py build/caligo build/caligo_slow
"""
import pathlib
import subprocess
import sys
import unittest

COMPARE = pathlib.Path(__file__).resolve().parents[2] / "bench" / "compare.py"
CALIGO = SLOW = None
CASES = ("10,512,8,awgn-ebn0:1.9", "11,1723,32,awgn-ebn0:3.5")


class Slowdown(unittest.TestCase):
    def compare(self, base, new):
        words = [word for case in CASES for word in ("--case", case)]
        done = subprocess.run([sys.executable, "-B", COMPARE, base, new, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        print(done.stdout)
        return done.returncode, done.stdout

    def test_ten_per_cent_are_caught(self):
        code, text = self.compare(CALIGO, SLOW)
        self.assertEqual(code, 1, text)
        self.assertEqual(text.count("SLOWER"), len(CASES), text)

    def test_a_build_is_not_slower_than_itself(self):
        code, text = self.compare(CALIGO, CALIGO)
        self.assertEqual(code, 0, text)

    def test_what_got_faster_is_not_slower(self):
        code, text = self.compare(SLOW, CALIGO)
        self.assertEqual(code, 0, text)


if __name__ == "__main__":
    SLOW = sys.argv.pop()
    CALIGO = sys.argv.pop()
    unittest.main()

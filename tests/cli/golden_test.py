#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The golden runner itself: it must notice every kind of difference, and an update must be stable.

    golden_test.py build/caligo
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

GOLDEN = pathlib.Path(__file__).with_name("golden.py")
CALIGO = None


class GoldenRunner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="caligo-golden-test-")
        self.addCleanup(self.folder.cleanup)
        self.transcript = pathlib.Path(self.folder.name) / "case.txt"

    def run_golden(self, text, *flags):
        self.transcript.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, GOLDEN, "--caligo", CALIGO, *flags, self.transcript],
                              stdout=subprocess.PIPE, check=False).returncode

    def test_accepts_what_is_right(self):
        self.assertEqual(self.run_golden("Comment\n\n$ echo a; echo b >&2; exit 3\n  a\n  ! b\n  [3]\n"), 0)

    def test_notices_differences(self):
        for text in ("$ echo a\n", "$ echo a\n  b\n", "$ echo a\n  a\n  b\n", "$ echo a >&2\n  a\n",
                     "$ false\n", "$ true\n  [1]\n", "$ false\n  [2]\n", "no command\n"):
            with self.subTest(text=text):
                self.assertEqual(self.run_golden(text), 1)

    def test_update_is_stable_and_then_accepted(self):
        self.assertEqual(self.run_golden("Comment\n\n$ printf 'a\\n\\n# b\\n$ c\\n'\n\n$ exit 4\n", "--update"), 0)
        updated = self.transcript.read_text(encoding="utf-8")
        self.assertIn("[4]", updated)
        self.assertEqual(self.run_golden(updated), 0)
        self.assertEqual(self.run_golden(updated, "--update"), 0)
        self.assertEqual(self.transcript.read_text(encoding="utf-8"), updated)

    def test_commands_share_a_fresh_directory(self):
        self.assertEqual(self.run_golden("$ ls\n$ echo x >f\n$ cat f\n  x\n"), 0)


if __name__ == "__main__":
    CALIGO = sys.argv.pop(1)
    unittest.main()

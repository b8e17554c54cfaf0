#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caligo reconcile as its users see it: keys, accounts, errors, interruption, memory.

    command.py build/caligo
"""
import json
import math
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

CALIGO = None
SANITIZED = "ASAN_OPTIONS" in os.environ


def entropy(q):
    return 0.0 if q in (0.0, 1.0) else -q * math.log2(q) - (1 - q) * math.log2(1 - q)


def differences(a, b):
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).bit_count()


class Reconcile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="caligo-reconcile-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        kept = {name: value for name, value in os.environ.items() if name not in ("CALIGO_ISA", "CALIGO_CACHE_DIR")}
        cls.environment = {**kept, "HOME": holder.name, "XDG_CACHE_HOME": str(cls.folder / "cache")}

    def run_caligo(self, *arguments):
        return subprocess.run([CALIGO, *map(str, arguments)], cwd=self.folder, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=500, check=False)

    def caligo(self, *arguments, code=0):
        done = self.run_caligo(*arguments)
        self.assertEqual(done.returncode, code, f"caligo {arguments}: {done.stderr.decode()}")
        return done.stdout

    def pair(self, qber, bits, seed=1):
        name = f"pair-{qber}-{bits}-{seed}"
        if not (self.folder / name).exists():
            self.caligo("-q", "sample", "--qber", qber, "--bits", bits, "--seed", seed, "-o", name)
        return f"{name}/alice.bits", f"{name}/bob.bits"

    def reconcile(self, *arguments):
        return json.loads(self.caligo("-q", "reconcile", *arguments, "--json"))

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def check_accounts(self, report, alice, bob):
        bits = report["bits"]
        self.assertEqual(report["leaked_bits"], sum(report["leaked"].values()))
        blocks = sum(block["leaked"] for block in report["per_block"])
        self.assertEqual(report["leaked_bits"], blocks + report["leaked"]["sample"])
        self.assertEqual(sum(block["bits"] for block in report["per_block"]), bits - report["leaked"]["sample"])
        self.assertEqual(report["key_bits"], sum(block["bits"] for block in report["per_block"] if block["ok"]))
        self.assertEqual(report["blocks"], len(report["per_block"]))
        self.assertEqual(report["failed_blocks"], sum(not block["ok"] for block in report["per_block"]))
        self.assertAlmostEqual(report["qber"], differences(self.bytes(alice), self.bytes(bob)) / bits, places=12)
        self.assertAlmostEqual(report["efficiency"], report["leaked_bits"] / (bits * entropy(report["qber"])), places=9)
        self.assertEqual(report["undetected_errors"], 0)
        epsilon = sum(block["epsilon"] for block in report["per_block"] if block["ok"])
        self.assertAlmostEqual(report["epsilon_verification"] / epsilon, 1, places=9)


class Blind(Reconcile):
    def test_questions_are_counted_and_no_block_is_lost(self):
        alice, bob = self.pair(0.02, 1 << 20)
        report = self.reconcile(alice, bob, "--mode", "blind", "--preset", "fast", "--block-log2", 16,
                                "--qber-from", "sample", "-o", "key.bits")
        self.check_accounts(report, alice, bob)
        self.assertEqual(report["failed_blocks"], 0)
        self.assertGreater(report["leaked"]["questions"], 0)
        rounds = sum(block["rounds"] for block in report["per_block"])
        self.assertAlmostEqual(report["rounds_mean"] * report["blocks"], rounds)
        one_way = self.reconcile(alice, bob, "--block-log2", 16, "--list", 8, "--qber-from", "sample")
        self.assertLess(report["efficiency"], one_way["efficiency"] - 0.03)

    def test_a_wrong_rate_costs_questions_or_disclosure_only(self):
        alice, bob = self.pair(0.03, 1 << 18)
        asked = {}
        for qber in (0.02, 0.03, 0.045):
            report = self.reconcile(alice, bob, "--mode", "blind", "--block-log2", 16, "--qber", qber, "-o", "key.bits")
            self.check_accounts(report, alice, bob)
            self.assertEqual(report["failed_blocks"], 0)
            self.assertEqual(self.bytes("key.bits"), self.bytes(alice))
            self.assertLess(report["efficiency"], 1.6)
            asked[qber] = report["rounds_mean"]
        self.assertGreater(asked[0.02], asked[0.03])
        self.assertGreater(asked[0.03], asked[0.045])

    def test_a_rate_that_drifts(self):
        quiet, loud = self.pair(0.01, 1 << 18), self.pair(0.03, 1 << 18)
        for index, name in enumerate(("drift-alice.bits", "drift-bob.bits")):
            calm = self.bytes(quiet[index])
            (self.folder / name).write_bytes(calm + self.bytes(loud[index]) + calm)
        report = self.reconcile("drift-alice.bits", "drift-bob.bits", "--mode", "blind", "--block-log2", 14,
                                "--qber-from", "sample")
        self.check_accounts(report, "drift-alice.bits", "drift-bob.bits")
        self.assertEqual(report["failed_blocks"], 0)

    def test_threads_change_the_order_of_learning_but_no_key(self):
        alice, bob = self.pair(0.02, 1 << 18)
        for mode in ("one-way", "blind"):
            for threads in (1, 2, 3):
                report = self.reconcile(alice, bob, "--mode", mode, "--block-log2", 14, "--list", 8, "--qber", 0.025,
                                        "--threads", threads, "--seed", 1, "-o", f"key-{threads}.bits")
                self.check_accounts(report, alice, bob)
                self.assertEqual(report["threads"], threads)
                self.assertEqual(self.bytes(f"key-{threads}.bits"), self.bytes("key-1.bits"))

    def test_report_page(self):
        alice, bob = self.pair(0.02, 1 << 18)
        report = self.reconcile(alice, bob, "--mode", "blind", "--block-log2", 14, "--report", "page.html")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        tag = '<script type="application/json" id="data">'
        start = page.index(tag) + len(tag)
        self.assertEqual(json.loads(page[start:page.index("</script>", start)]), report)
        self.assertNotIn("http://", page.replace("http://www.w3.org/2000/svg", ""))  # nothing is fetched
        self.assertNotIn("https://", page)


class Keys(Reconcile):
    def test_one_block_gives_alices_bits(self):
        alice, bob = self.pair(0.036, 105976)
        report = self.reconcile(alice, bob, "--list", 8, "--seed", 1, "-o", "key.bits")
        self.check_accounts(report, alice, bob)
        self.assertEqual(report["qber_source"], "files")
        self.assertEqual((report["blocks"], report["failed_blocks"]), (1, 0))
        self.assertTrue(report["simulation"])
        self.assertLess(report["efficiency"], 1.25)
        self.assertEqual(self.bytes("key.bits"), self.bytes(alice))
        self.assertEqual(stat.S_IMODE((self.folder / "key.bits").stat().st_mode), 0o600)

    def test_many_blocks_and_a_sample(self):
        alice, bob = self.pair(0.02, 1 << 20)
        report = self.reconcile(alice, bob, "--list", 4, "--block-log2", 15, "--qber-from", "sample", "--sample-bits",
                                5000, "-o", "key.bits")
        self.check_accounts(report, alice, bob)
        self.assertFalse(report["simulation"])
        self.assertEqual(report["leaked"]["sample"], 5000)
        good = report["blocks"] - report["failed_blocks"]
        self.assertEqual(report["leaked"]["feedback"], 32 * good)
        self.assertLessEqual(report["failed_blocks"], 4)  # 33 blocks, target 1e-2
        self.assertEqual(len(self.bytes("key.bits")), (report["key_bits"] + 7) // 8)
        self.assertLess(report["efficiency"], 1.55)

    def test_failed_blocks_leave_the_key_and_stay_in_the_accounts(self):
        # The codes are for 1 %, the bits have 2 %: nearly every block fails. Those that do not are found in Alice's file.
        alice, bob = self.pair(0.02, 1 << 18)
        report = self.reconcile(alice, bob, "--list", 1, "--block-log2", 10, "--qber", 0.0145, "-o", "key.bits")
        self.check_accounts(report, alice, bob)
        self.assertEqual(report["leaked"]["sample"] + report["leaked"]["feedback"], 0)
        self.assertEqual(report["qber_source"], "given")
        self.assertGreater(report["failed_blocks"], 0)
        self.assertLess(report["failed_blocks"], report["blocks"])
        expected = b"".join(self.bytes(alice)[128 * i:128 * i + 128] for i, block in enumerate(report["per_block"])
                            if block["ok"])
        self.assertEqual(self.bytes("key.bits"), expected)

    def test_lengths_that_are_no_whole_bytes(self):
        alice, bob = self.pair(0.02, 1 << 18)
        report = self.reconcile(alice, bob, "--bits", 100003, "--block-log2", 14, "--list", 8, "--qber", 0.025,
                                "-o", "key.bits")
        self.assertEqual(report["bits"], 100003)
        self.assertEqual(sum(block["bits"] for block in report["per_block"]), 100003)
        self.assertEqual(report["failed_blocks"], 0)
        kept = int.from_bytes(self.bytes(alice), "little") % (1 << 100003)
        self.assertEqual(int.from_bytes(self.bytes("key.bits"), "little"), kept)

    def test_seeded_runs_repeat(self):
        alice, bob = self.pair(0.03, 1 << 18)
        first, second = (self.reconcile(alice, bob, "--qber-from", "sample", "--block-log2", 14, "--seed", 5)
                         for _ in range(2))
        for name in ("mbps", "mbps_per_core", "seconds", "cpu_seconds", "design_seconds"):
            first.pop(name), second.pop(name)
        self.assertEqual(first, second)

    def test_no_errors_at_all(self):
        alice, _ = self.pair(0.02, 1 << 18)
        report = self.reconcile(alice, alice)
        self.assertEqual(report["failed_blocks"], 0)
        self.assertIsNone(report["efficiency"])
        self.assertEqual(report["qber"], 0)
        self.assertLess(report["leaked_bits"], 400)
        self.assertIn("undefined", self.caligo("-q", "reconcile", alice, alice).decode())

    def test_table(self):
        alice, bob = self.pair(0.036, 105976)
        text = self.caligo("-q", "reconcile", alice, bob).decode()
        for word in ("105,976", "QBER", "efficiency f", "failed blocks", "Mb/s"):
            self.assertIn(word, text)


class Refusals(Reconcile):
    def refuse(self, expected, *arguments, code=1):
        before = sorted(os.listdir(self.folder))
        done = self.run_caligo("-q", "reconcile", *arguments)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, code, message)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(message.count("\n"), 1, message)
        self.assertIn(expected, message)
        self.assertEqual([n for n in sorted(os.listdir(self.folder)) if n != "cache"], [n for n in before if n != "cache"])

    def test_files(self):
        alice, bob = self.pair(0.02, 1 << 18)
        (self.folder / "short.bits").write_bytes(self.bytes(bob)[:-1])
        (self.folder / "empty.bits").write_bytes(b"")
        (self.folder / "one.bits").write_bytes(b"x")
        self.refuse("unequal length", alice, "short.bits", "-o", "key")
        self.refuse("empty", "empty.bits", "empty.bits", "-o", "key")
        self.refuse("at least 256 bits", "one.bits", "one.bits", "-o", "key")
        self.refuse("missing.bits", alice, "missing.bits", "-o", "key")
        self.refuse("directory", alice, self.folder, "-o", "key")
        self.refuse("regular file", alice, "/dev/zero", "-o", "key")
        self.refuse("one of the inputs", alice, bob, "-o", alice, code=2)
        self.refuse("No space left", alice, bob, "-o", "/dev/full")
        self.refuse("cannot", alice, bob, "-o", "no/such/folder/key")
        self.refuse("--bits", alice, bob, "--bits", (1 << 18) + 1)

    def test_usage(self):
        alice, bob = self.pair(0.02, 1 << 18)
        self.refuse("2 paths or more", alice, bob, "--mode", "blind", "--list", 1, code=2)
        self.refuse("--boldness is for", alice, bob, "--boldness", 2, code=2)
        self.refuse("expected 0.1 to 16", alice, bob, "--mode", "blind", "--boldness", 17, code=2)
        self.refuse("8 bits or more", alice, bob, "--mode", "blind", "--crc", "crc6", code=2)
        self.refuse("from 1 to 1024", alice, bob, "--threads", 0, code=2)
        self.refuse("one of the inputs", alice, bob, "--report", bob, code=2)
        self.refuse("exclude", alice, bob, "--qber", 0.02, "--qber-from", "files", code=2)
        self.refuse("standard output", alice, bob, "-o", "-", "--json", code=2)
        self.refuse("--list", alice, bob, "--list", 3, code=2)
        self.refuse("expected 0 to 0.5", alice, bob, "--qber", 0.7, code=2)
        self.refuse("expected 0.0001 to 0.5", alice, bob, "--target-fer", "0", code=2)
        self.refuse("at most 20", alice, bob, "--block-log2", 21, "--list", 16, code=2)
        self.refuse("crc", alice, bob, "--crc", "crc99", code=2)
        self.refuse("from 8 to 24", alice, bob, "--block-log2", 25, code=2)
        self.refuse("a quarter", alice, bob, "--qber-from", "sample", "--sample-bits", 200000, code=2)

    def test_error_rates_that_leave_no_key(self):
        for qber in (0.11, 0.12, 0.5):
            alice, bob = self.pair(qber, 1 << 18)
            self.refuse("leaves no key", alice, bob, "-o", "key")
            self.refuse("leaves no key", alice, bob, "-o", "key", "--qber-from", "sample")
        alice, bob = self.pair(0.02, 1 << 18)
        self.refuse("below 11.00 %", alice, bob, "--qber", 0.2)

    def test_standard_output_full(self):
        alice, bob = self.pair(0.02, 1 << 18)
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([CALIGO, "-q", "reconcile", alice, bob], cwd=self.folder, env=self.environment,
                                  stdout=full, stderr=subprocess.PIPE, timeout=300, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)


class Streaming(Reconcile):
    def test_interruption_leaves_nothing(self):
        alice, bob = self.pair(0.02, 1 << 26)
        process = subprocess.Popen([CALIGO, "-q", "reconcile", alice, bob, "--block-log2", "12", "--qber", "0.02", "-o",
                                    "never.bits"], cwd=self.folder, env=self.environment, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not any(name.endswith(".tmp") for name in os.listdir(self.folder)):
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll(), "ended before the signal")
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, error)
        self.assertEqual(error.count(b"\n"), 1)
        self.assertFalse(any(name.endswith(".tmp") or name == "never.bits" for name in os.listdir(self.folder)))

    def peak_kilobytes(self, *arguments):
        """Largest resident set of one run, by wait4."""
        process = subprocess.Popen([CALIGO, *map(str, arguments)], cwd=self.folder, env=self.environment,
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    @unittest.skipIf(SANITIZED, "sanitizers hold memory back")
    def test_memory_does_not_grow_with_the_file(self):
        peaks = []
        for bits in (1 << 22, 1 << 26):
            alice, bob = self.pair(0.02, bits)
            peaks.append(self.peak_kilobytes("-q", "reconcile", alice, bob, "--list", 1, "--block-log2", 16, "--qber",
                                             0.025, "-o", f"key-{bits}"))
        self.assertLess(peaks[1], peaks[0] + 4096, peaks)  # both files and the key grow by 7.5 MiB each


if __name__ == "__main__":
    CALIGO = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caligo distill as its users see it: keys, the account of what is left, output forms, refusals.

    command.py build/caligo
"""
import base64
import json
import math
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

CALIGO = None


def entropy(q):
    return 0.0 if q in (0.0, 1.0) else -q * math.log2(q) - (1 - q) * math.log2(1 - q)


class Distill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="caligo-distill-")
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

    def distill(self, *arguments):
        return json.loads(self.caligo("-q", "distill", *arguments, "--json"))

    def refuse(self, text, *arguments, code=1):
        done = self.run_caligo("-q", "distill", *arguments)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        self.assertEqual(done.stdout, b"")
        self.assertIn(text, done.stderr.decode())
        self.assertEqual(done.stderr.count(b"\n"), 1)

    def check_account(self, report):
        """The formula of Tomamichel et al. 2012, once more."""
        self.assertTrue(report["keys_equal"])
        self.assertEqual(report["undetected_errors"], 0)
        self.assertEqual(report["leaked_bits"], sum(report["leaked"].values()))
        self.assertEqual(report["secret_bits"], sum(batch["secret_bits"] for batch in report["batches"]))
        for batch in report["batches"]:
            n, k = batch["reconciled_bits"], batch["sample_bits"]
            parts = {part["name"]: part["value"] for part in batch["epsilon"]["parts"]}
            mu = math.sqrt((n + k) / (n * k) * (k + 1) / k * math.log(4 / 1e-12))
            self.assertAlmostEqual(batch["phase_error_bound"], batch["tolerated_qber"] + mu, places=9)
            left = n * (1 - entropy(batch["tolerated_qber"] + mu)) - batch["leaked_bits"] - math.log2(2 / 1e-24)
            self.assertAlmostEqual(batch["secret_bits"], left, delta=2)
            self.assertGreaterEqual(batch["epsilon"]["total"], 1e-12)
            self.assertLess(batch["epsilon"]["total"], 1.1e-12)
            self.assertTrue(parts)

    def test_key_and_account(self):
        alice, bob = self.pair(0.02, 1 << 19)
        for mode in ("one-way", "blind", "interactive"):
            paths = () if mode == "interactive" else ("--list", 8)
            report = self.distill(alice, bob, "--mode", mode, "--block-log2", 15, *paths, "-o", "key.bin")
            self.check_account(report)
            self.assertEqual(report["mode"], mode)
            self.assertFalse(report["simulation"])
            key = (self.folder / "key.bin").read_bytes()
            self.assertEqual(len(key), (report["secret_bits"] + 7) // 8)
            self.assertEqual(stat.S_IMODE((self.folder / "key.bin").stat().st_mode), 0o600)
            ones = int.from_bytes(key, "little").bit_count()
            self.assertLess(abs(ones - report["secret_bits"] / 2), 5 * math.sqrt(report["secret_bits"]) / 2)
            self.assertGreater(report["authentication"]["key_bits_used"], 768)
            self.assertEqual(report["net_secret_bits"],
                             report["secret_bits"] - report["authentication"]["key_bits_used"])

    def test_fresh_randomness_every_time_and_none_with_a_seed(self):
        alice, bob = self.pair(0.02, 1 << 18)
        keys = []
        for seed in ((), (), ("--seed", 3), ("--seed", 3)):
            report = self.distill(alice, bob, "--block-log2", 14, *seed, "-o", "key.bin")
            self.assertEqual(report["simulation"], bool(seed))
            keys.append((self.folder / "key.bin").read_bytes())
        self.assertNotEqual(keys[0], keys[1])
        self.assertEqual(keys[2], keys[3])

    def test_base64_lines(self):
        alice, bob = self.pair(0.02, 1 << 18)
        raw = self.distill(alice, bob, "--block-log2", 14, "--seed", 3, "-o", "key.bin")
        text = self.distill(alice, bob, "--block-log2", 14, "--seed", 3, "--format", "base64", "-o", "key.txt")
        lines = (self.folder / "key.txt").read_text(encoding="ascii").splitlines()
        self.assertEqual(text["secret_bits"], 256 * len(lines))
        self.assertEqual(text["secret_bits"], raw["secret_bits"] // 256 * 256)
        self.assertTrue(all(len(base64.b64decode(line, validate=True)) == 32 for line in lines))
        self.assertEqual(stat.S_IMODE((self.folder / "key.txt").stat().st_mode), 0o600)

    def test_container(self):
        alice, bob = self.pair(0.02, 1 << 18)
        for seed in ((), ("--seed", 3)):
            report = self.distill(alice, bob, "--block-log2", 14, *seed, "--format", "container", "-o", "key.ckc")
            shown = json.loads(self.caligo("inspect", "key.ckc", "--json"))
            text = json.dumps(shown)
            self.assertIn("key", text)
            self.assertIn(str(report["secret_bits"]), text)
            self.assertEqual(stat.S_IMODE((self.folder / "key.ckc").stat().st_mode), 0o600)

    def test_hmac_is_named_and_claims_nothing(self):
        alice, bob = self.pair(0.02, 1 << 18)
        report = self.distill(alice, bob, "--block-log2", 14, "--authentication", "hmac-sha-256")
        self.assertEqual(report["authentication"]["method"], "hmac-sha-256")
        self.assertEqual(report["authentication"]["key_bits_used"], 512)

    def test_table_for_people(self):
        alice, bob = self.pair(0.02, 1 << 18)
        text = self.caligo("-q", "distill", alice, bob, "--block-log2", 14).decode()
        for word in ("secret key", "both sides' keys are equal", "epsilon", "tomamichel-2012", "pre-shared"):
            self.assertIn(word, text)

    def test_refusals_leave_nothing_behind(self):
        alice, bob = self.pair(0.02, 1 << 18)
        before = sorted(os.listdir(self.folder))
        self.refuse("tolerated were 0.0100", alice, bob, "--tolerated-qber", 0.01, "-o", "never")
        self.refuse("no key", *self.pair(0.09, 1 << 16), "-o", "never")
        self.refuse("at least 256 bits", alice, bob, "--bits", 100, "-o", "never")
        self.refuse("missing.bits", alice, "missing.bits", "-o", "never")
        self.refuse("one of the inputs", alice, bob, "-o", bob, code=2)
        self.refuse("between 0 and 1", alice, bob, "--epsilon-sec", 0, code=2)
        self.refuse("expected 0 to 0.5", alice, bob, "--tolerated-qber", 0.6, code=2)
        self.refuse("a quarter", alice, bob, "--sample-bits", 100000, code=2)
        self.refuse("No space left", alice, bob, "--block-log2", 14, "-o", "/dev/full")
        after = [name for name in sorted(os.listdir(self.folder)) if not name.startswith("pair-0.09")]
        self.assertEqual(after, before)


if __name__ == "__main__":
    CALIGO = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

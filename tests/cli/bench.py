#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caligo bench from outside: fields and types, error rates, repeatability, no allocation. How fast anything is, is not
tested.

    bench.py build/caligo
"""
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

CALIGO = None
SEED = int(os.environ.get("CALIGO_TEST_SEED", "11"), 0)
SANITIZED = "CALIGO_SANITIZED" in os.environ

DECODE_FIELDS = {
    "decoder": str, "list": int, "batch_frames": int, "n": int, "k": int, "crc": str, "strong_id": str, "channel": str, "llr_scale": float,
    "llr_bits": int, "check": str,
    "frames": int, "frame_errors": int, "undetected_errors": int, "fer": float, "fer_low": float, "fer_high": float,
    "message_mbps": float, "coded_mbps": float, "message_mbps_per_thread": list, "message_mbps_wall": float,
    "throughput_clock": str, "latency_us_p50": float, "latency_us_p99": float, "latency_clock": str,
    "cpu_seconds": float, "wall_seconds": float, "decoder_bytes": int, "threads": int, "seed": int, "isa": str,
    "version": str, "git_hash": str, "compiler": str}
ENCODE_FIELDS = {
    "n": int, "k": int, "crc": str, "strong_id": str, "mode": str, "frames": int, "coded_mbps": float,
    "message_mbps": float, "throughput_clock": str, "latency_us_p50": float, "latency_us_p99": float,
    "latency_clock": str, "cpu_seconds": float, "seed": int, "isa": str, "version": str, "git_hash": str,
    "compiler": str}
CONSTRUCT_FIELDS = {"n": int, "channel": str, "runs": int, "clock": str, "methods": list, "isa": str, "version": str,
                    "git_hash": str, "compiler": str}


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="caligo-bench-test-")
        cls.addClassCleanup(cls.holder.cleanup)
        cls.folder = pathlib.Path(cls.holder.name)
        cls.environment = {name: value for name, value in os.environ.items() if name != "CALIGO_ISA"}
        for name, crc, options in (("code", "crc11", ()), ("plain", "none", ()),
                                   ("external", "crc11", ("--crc-placement", "external")),
                                   ("short", "crc6", ("--shorten", 51))):
            subprocess.run([CALIGO, "--quiet", "construct", "--method", "polarization-weight", "-n", "8", "--message",
                            "128" if name == "plain" else "117", "--crc", crc, *map(str, options), "-o",
                            cls.folder / f"{name}.json"], check=True)

    def caligo(self, *arguments, code=0):
        done = subprocess.run([CALIGO, *map(str, arguments)], cwd=self.folder, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
        self.assertEqual(done.returncode, code, f"caligo {arguments}: {done.stderr.decode()}")
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def decode(self, *arguments, code="code.json", before=()):
        return json.loads(self.caligo(*before, "bench", "decode", "-c", code, *arguments, "--json"))

    def check_fields(self, report, fields):
        self.assertEqual(set(report) - {"allocations"}, set(fields))
        for name, kind in fields.items():
            self.assertIsInstance(report[name], kind, name)
        if "allocations" in report:
            self.assertEqual(report["allocations"], None if SANITIZED else 0)

    def check_speed(self, report):
        """The figures fit together, whatever they are."""
        for name in ("message_mbps", "coded_mbps", "latency_us_p50", "cpu_seconds"):
            self.assertGreater(report[name], 0, name)
            self.assertTrue(math.isfinite(report[name]), name)
        self.assertGreaterEqual(report["latency_us_p99"], report["latency_us_p50"])
        self.assertIn(report["latency_clock"], ("wall", "thread-cpu"))

    def test_decode_fields(self):
        for list_size, decoder, options in (
                (1, "sc", ()), (2, "scl", ()), (32, "scl", ()), (1, "sc", ("--decoder", "sc", "--batch")),
                (32, "adaptive", ("--decoder", "adaptive")), (8, "adaptive", ("--decoder", "adaptive", "--batch"))):
            with self.subTest(list_size=list_size, options=options):
                report = self.decode("--list", list_size, "--channel", "awgn-ebn0:2", "--frames", 501, *options)
                self.assertEqual(report["batch_frames"] > 1, "--batch" in options)
                self.check_fields(report, DECODE_FIELDS)
                self.check_speed(report)
                for name, value in (("decoder", decoder), ("list", list_size), ("n", 8), ("k", 117), ("crc", "crc11"),
                                    ("frames", 501), ("threads", 1), ("seed", 1), ("channel", "awgn-ebn0:2")):
                    self.assertEqual(report[name], value, name)
                self.assertAlmostEqual(report["coded_mbps"] / report["message_mbps"], 256 / 117, places=6)
                self.assertAlmostEqual(report["fer"], report["frame_errors"] / 501, places=9)
                self.assertLessEqual(report["fer_low"], report["fer"])
                self.assertLessEqual(report["fer"], report["fer_high"])
                self.assertGreater(report["decoder_bytes"], 256)

    def test_seconds_instead_of_frames(self):
        report = self.decode("--channel", "awgn-sigma:0.7", "--seconds", 0.05)
        self.check_fields(report, DECODE_FIELDS)
        self.check_speed(report)
        self.assertGreater(report["frames"], 1)

    def test_one_frame_gives_all_figures(self):
        report = self.decode("--channel", "bsc:0.05", "--frames", 1)
        self.check_fields(report, DECODE_FIELDS)
        self.check_speed(report)
        self.assertEqual(report["frames"], 1)

    def test_error_rates_are_those_of_the_float_reference(self):
        """Points of tests/stats/points.csv: the frames are what they are said to be. 5 standard deviations."""
        wide = ("--llr-bits", 16)
        for code, list_size, channel, errors, frames, options in (
                ("code", 8, "awgn-ebn0:2.0", 207, 10000, ()), ("code", 8, "bsc:0.06", 97, 10000, ()),
                ("code", 8, "awgn-ebn0:2.0", 207, 10000, wide), ("code", 8, "bsc:0.06", 97, 10000, wide),
                ("plain", 1, "awgn-ebn0:2.5", 433, 10000, ())):
            with self.subTest(channel=channel, options=options, seed=SEED):
                report = self.decode("--list", list_size, "--channel", channel, "--frames", 10000, "--seed", SEED,
                                     *options, code=f"{code}.json")
                self.assertEqual(report["llr_bits"], 16 if options else 8)
                deviation = math.sqrt(2 * errors * (1 - errors / frames))
                self.assertLess(abs(report["frame_errors"] - errors), 5 * deviation, f"CALIGO_TEST_SEED={SEED}")

    def test_the_channel_matters(self):
        clean = self.decode("--channel", "bsc:0", "--frames", 200)
        self.assertEqual((clean["frame_errors"], clean["fer"], clean["fer_low"]), (0, 0, 0))
        self.assertGreater(clean["fer_high"], 0.01)
        lost = self.decode("--channel", "bec:1", "--frames", 200)
        self.assertEqual(lost["frame_errors"], 200)
        self.assertGreater(lost["undetected_errors"], 0)  # the all-zero word passes the CRC
        erased = self.decode("--channel", "bec:0.3", "--frames", 200)
        self.assertLess(erased["frame_errors"], 20)

    def test_same_seed_same_errors(self):
        def errors(*options, before=()):
            report = self.decode("--channel", "awgn-ebn0:1", "--list", 4, "--frames", 2003, *options, before=before)
            self.assertEqual(report["frames"], 2003)
            return report["frame_errors"], report["undetected_errors"]

        expected = errors()
        self.assertGreater(expected[0], 50)
        self.assertEqual(errors("--threads", 3), expected)
        for isa in json.loads(self.caligo("info", "--json"))["isa_supported"]:
            self.assertEqual(errors(before=("--isa", isa)), expected, isa)
        others = {errors("--seed", seed) for seed in range(2, 6)}
        self.assertGreater(len(others | {expected}), 3)

    def test_batches_give_the_errors_of_single_frames(self):
        for decoder, list_size in (("sc", 1), ("adaptive", 8)):
            def errors(*options):
                report = self.decode("--channel", "awgn-ebn0:1.5", "--decoder", decoder, "--list", list_size, "--frames",
                                     1003, *options)
                return report["frames"], report["frame_errors"], report["undetected_errors"]

            expected = errors()
            self.assertGreater(expected[1], 20)
            self.assertEqual(errors("--batch"), expected)
            self.assertEqual(errors("--batch", "--threads", 2), expected)

    def test_threads(self):
        report = self.decode("--channel", "bsc:0.05", "--threads", 2, "--seconds", 0.05)
        self.check_fields(report, DECODE_FIELDS)
        self.assertEqual(len(report["message_mbps_per_thread"]), 2)
        self.assertAlmostEqual(sum(report["message_mbps_per_thread"]) / report["message_mbps"], 1, places=6)

    def test_codes_of_all_kinds(self):
        for code in ("plain", "external", "short"):
            self.assertLess(self.decode("--channel", "bsc:0.02", "--frames", 300, code=f"{code}.json")["frame_errors"], 150)
        for code in ("external", "short"):
            report = self.decode("--channel", "bsc:0.02", "--frames", 300, "--decoder", "adaptive", "--batch",
                                 code=f"{code}.json")
            self.assertLess(report["frame_errors"], 150, code)

    def test_encode_fields(self):
        for mode, option in (("non-systematic", ()), ("systematic", ("--systematic",))):
            report = json.loads(self.caligo("bench", "encode", "-c", "code.json", *option, "--seconds", 0.05, "--json"))
            self.check_fields(report, ENCODE_FIELDS)
            self.check_speed(report)
            self.assertEqual((report["mode"], report["n"], report["k"]), (mode, 8, 117))
            self.assertAlmostEqual(report["coded_mbps"] / report["message_mbps"], 256 / 117, places=6)

    def test_construct_fields(self):
        for channel, suitable in (("bsc:0.05", {"density-evolution", "bhattacharyya", "polarization-weight", "nr5g"}),
                                  ("awgn-sigma:0.8", {"density-evolution", "gaussian-approximation", "bhattacharyya",
                                                      "polarization-weight", "nr5g"})):
            report = json.loads(self.caligo("bench", "construct", "--channel", channel, "-n", 6, "--runs", 3, "--json"))
            self.check_fields(report, CONSTRUCT_FIELDS)
            self.assertEqual((report["n"], report["runs"], report["clock"]), (6, 3, "thread-cpu"))
            self.assertEqual({entry["method"] for entry in report["methods"]}, suitable)
            for entry in report["methods"]:
                self.assertEqual(set(entry), {"method", "milliseconds_p50", "milliseconds_min"})
                self.assertGreater(entry["milliseconds_min"], 0)
                self.assertGreaterEqual(entry["milliseconds_p50"], entry["milliseconds_min"])

    def test_tables_for_people(self):
        text = self.caligo("bench", "decode", "-c", "code.json", "--channel", "bsc:0.05", "--frames", 100)
        self.assertRegex(text, r"(?m)^decoder +scl, list 8, \w+, one thread$")
        self.assertRegex(text, r"(?m)^frames +100, \d+ errors, \d+ undetected$")
        self.assertRegex(text, r"(?m)^throughput +[0-9.]+ [kMG]b/s message, [0-9.]+ [kMG]b/s coded")
        self.assertRegex(text, r"(?m)^latency +[0-9.]+ [nµm]?s median")
        self.assertRegex(text, r"(?m)^memory +[0-9.]+ [kM]B per decoder, (0|uncounted) allocations")
        text = self.caligo("bench", "encode", "-c", "code.json", "--seconds", 0.05)
        self.assertRegex(text, r"(?m)^throughput +[0-9.]+ [kMG]b/s coded")
        text = self.caligo("bench", "construct", "--channel", "bsc:0.05", "-n", 6)
        self.assertRegex(text, r"(?m)^density-evolution +[0-9.]+ [nµm]?s median, [0-9.]+ [nµm]?s least$")

    def wait_for_handler(self, process):
        """Until the program catches SIGINT; before, the signal would just end it."""
        deadline = time.monotonic() + 60
        while True:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1], 16)
            if caught >> (signal.SIGINT - 1) & 1:
                return
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs Linux's /proc")
    def test_interruption(self):
        for options in ((), ("--threads", "2")):
            process = subprocess.Popen([CALIGO, "bench", "decode", "-c", "code.json", "--channel", "bsc:0.05",
                                        "--seconds", "1000", *options], cwd=self.folder, env=self.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.wait_for_handler(process)
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
            self.assertEqual((process.returncode, out, error), (130, b"", b"caligo: error: interrupted\n"))


if __name__ == "__main__":
    CALIGO = os.path.abspath(sys.argv.pop(1))
    unittest.main()

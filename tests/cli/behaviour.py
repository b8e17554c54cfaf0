#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What transcripts cannot show: interruption, memory bounds, whole chains of commands.

    behaviour.py build/caligo
"""
import json
import math
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

CALIGO = None
SEED = int(os.environ.get("CALIGO_TEST_SEED", "11"), 0)
SANITIZED = "ASAN_OPTIONS" in os.environ


class Cli(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="caligo-behaviour-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        kept = {name: value for name, value in os.environ.items() if name != "CALIGO_ISA"}
        self.environment = {**kept, "HOME": holder.name, "XDG_CACHE_HOME": str(self.folder / "cache")}

    def caligo(self, *arguments, code=0, stdin=None):
        """Standard output; standard error is part of the message if the exit code is wrong."""
        done = subprocess.run([CALIGO, *map(str, arguments)], cwd=self.folder, env=self.environment, input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
        self.assertEqual(done.returncode, code, f"caligo {arguments}: {done.stderr.decode()}")
        return done.stdout

    def start(self, *arguments, **streams):
        return subprocess.Popen([CALIGO, *map(str, arguments)], cwd=self.folder, env=self.environment,
                                stderr=subprocess.PIPE, **streams)

    def names(self, folder="."):
        return sorted(entry.name for entry in (self.folder / folder).iterdir() if entry.name != "cache")


class Chain(Cli):
    """construct, encode, a simulated channel, decode."""

    def frames(self, count, bits, generator):
        """Packed random frames with zero pad bits."""
        return b"".join(generator.getrandbits(bits).to_bytes((bits + 7) // 8, "little") for _ in range(count))

    def test_message_survives_a_binary_symmetric_channel(self):
        generator = random.Random(SEED)
        for shorten, systematic in ((0, False), (100, False)):
            with self.subTest(seed=SEED, shorten=shorten):
                self.caligo("construct", "--channel", "bsc:0.03", "-n", 10, "--message", 401, "--shorten", shorten,
                            "-o", "code.json")
                count, sent = 20, 1024 - shorten
                messages = self.frames(count, 401, generator)
                code = self.caligo("encode", "-c", "code.json", "-", "-o", "-", stdin=messages)
                self.assertEqual(len(code), count * ((sent + 7) // 8))
                llrs = []
                size = (sent + 7) // 8
                magnitude = math.log(0.97 / 0.03)
                for start in range(0, len(code), size):
                    word = int.from_bytes(code[start:start + size], "little")
                    for i in range(sent):
                        bit = (word >> i & 1) ^ (generator.random() < 0.03)
                        llrs.append(-magnitude if bit else magnitude)
                raw = struct.pack(f"<{len(llrs)}f", *llrs)
                (self.folder / "llrs.f32").write_bytes(raw)
                report = json.loads(self.caligo("decode", "-c", "code.json", "--list", 8, "llrs.f32", "-o", "out.bits",
                                                "--json"))
                self.assertEqual((self.folder / "out.bits").read_bytes(), messages)
                self.assertEqual(report["frames"], count)
                self.assertEqual(report["accepted"], count)
                self.assertEqual(report["n"], 10)
                self.assertEqual(report["k"], 401)
                self.assertEqual(report["list"], 8)
                self.assertEqual([v["frame"] for v in report["verdicts"]], list(range(count)))
                self.assertTrue(all(v["accepted"] and v["path_metric"] > 0 for v in report["verdicts"]))

    def test_all_instruction_sets_give_the_same_bytes(self):
        self.caligo("construct", "--channel", "bsc:0.11", "-n", 9, "--message", 240, "-o", "code.json")
        generator = random.Random(SEED)
        (self.folder / "noise.i8").write_bytes(bytes(generator.randrange(256) for _ in range(512 * 16)))
        results = {}
        for isa in json.loads(self.caligo("info", "--json"))["isa_supported"]:
            report = json.loads(self.caligo("--isa", isa, "decode", "-c", "code.json", "--llr", "i8", "noise.i8", "-o",
                                            f"{isa}.bits", "--json"))
            self.assertEqual(report["isa"], isa)
            results[isa] = ((self.folder / f"{isa}.bits").read_bytes(), report["verdicts"])
        self.assertIn("scalar", results)
        for isa, result in results.items():
            self.assertEqual(result, results["scalar"], isa)


class Interruption(Cli):
    def interrupt(self, process, number):
        """Waits until the program has begun (its temporary file exists), then sends the signal."""
        deadline = time.monotonic() + 60
        while not any(name.endswith(".tmp") for name in os.listdir(self.target)):
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll(), "ended before the signal")
            time.sleep(0.01)
        process.send_signal(number)
        _, error = process.communicate(timeout=60)
        return process.returncode, error.decode()

    def test_a_long_sample_leaves_nothing(self):
        self.target = self.folder / "pair"
        self.target.mkdir()
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start("sample", "--qber", "0.1", "--bits", 1 << 40, "-o", "pair")
            self.assertEqual(self.interrupt(process, number), (code, "caligo: error: interrupted\n"))
            self.assertEqual(self.names("pair"), [])

    def test_a_blocked_read_is_interrupted(self):
        self.caligo("construct", "--channel", "bec:0.5", "-n", 3, "--message", 4, "--crc", "none", "-o", "code.json")
        self.target = self.folder
        process = self.start("encode", "-c", "code.json", "-", "-o", "out.bits", stdin=subprocess.PIPE)
        self.assertEqual(self.interrupt(process, signal.SIGINT), (130, "caligo: error: interrupted\n"))
        self.assertEqual(self.names(), ["code.json"])

    def test_a_reader_that_goes_away_is_an_error(self):
        self.caligo("construct", "--channel", "bec:0.5", "-n", 3, "--message", 4, "--crc", "none", "-o", "code.json")
        (self.folder / "in.bits").write_bytes(bytes(1 << 22))
        process = self.start("encode", "-c", "code.json", "in.bits", "-o", "-", stdout=subprocess.PIPE)
        process.stdout.read(1)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 1)
        self.assertIn("Broken pipe", process.stderr.read().decode())
        process.stderr.close()


@unittest.skipIf(SANITIZED, "sanitizers change what memory is taken")
class Memory(Cli):
    def peak(self, *arguments):
        """Peak resident memory in bytes."""
        process = self.start(*arguments, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.stderr.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss * 1024

    def test_encoding_streams(self):
        self.caligo("construct", "--method", "polarization-weight", "-n", 10, "--message", 512, "-o", "code.json")
        with open(self.folder / "in.bits", "wb") as file:
            file.truncate(64 << 20)
        self.assertLess(self.peak("encode", "-c", "code.json", "in.bits", "-o", "out.bits"), 32 << 20)
        self.assertEqual((self.folder / "out.bits").stat().st_size, 128 << 20)

    def test_sampling_streams(self):
        self.assertLess(self.peak("sample", "--qber", "0.02", "--bits", 1 << 29, "-o", "pair"), 32 << 20)


class Terminal(Cli):
    """Progress appears on a terminal only, and on none if it is not wanted."""

    def errors_on_a_terminal(self, *before):
        leader, follower = os.openpty()
        process = subprocess.Popen([CALIGO, *before, "sample", "--qber", "0.02", "--bits", str(1 << 29), "-o", "pair"],
                                   cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=follower)
        os.close(follower)
        text = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:  # how Linux says that the other end was closed
                break
            if not part:
                break
            text += part
        os.close(leader)
        self.assertEqual(process.wait(timeout=60), 0)
        return text.decode()

    def test_progress_on_a_terminal(self):
        text = self.errors_on_a_terminal()
        self.assertRegex(text, r"sample: [0-9]+%  [0-9.]+ [kMG]b/s  [0-9]+:[0-9]{2} left")
        self.assertTrue(text.endswith("\r\x1b[K"))

    def test_no_progress_when_not_wanted(self):
        for option in (("--no-progress",), ("--quiet",), ("--log", "json")):
            self.assertEqual(self.errors_on_a_terminal(*option), "", option)


class Json(Cli):
    def test_standard_output_is_one_document(self):
        self.caligo("construct", "--channel", "bec:0.5", "-n", 3, "--message", 4, "--crc", "none", "-o", "code.json")
        (self.folder / "llrs.i8").write_bytes(bytes([5] * 16))
        for command in (("info",), ("sample", "--qber", "0.1", "--bits", "99", "-o", "pair"),
                        ("construct", "--channel", "bsc:0.1", "-n", "6", "--message", "20", "-o", "other.json"),
                        ("decode", "-c", "code.json", "--llr", "i8", "llrs.i8", "-o", "out.bits")):
            with self.subTest(command=command):
                text = self.caligo(*command, "--json").decode()
                self.assertIsInstance(json.loads(text), dict)
                self.assertTrue(text.endswith("}\n"))

    def test_logs_are_one_object_per_line(self):
        done = subprocess.run([CALIGO, "--log", "json", "encode", "-c", b"\xff.json", "in", "-o", "out"], cwd=self.folder,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1)
        self.assertEqual(json.loads(lines[0])["level"], "error")


if __name__ == "__main__":
    CALIGO = os.path.abspath(sys.argv.pop(1))
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caligo simulate as its users see it: the same counts for every instruction set, number of threads and processes, after
kills and resumption.

    command.py build/caligo
"""
import csv
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

CALIGO = None
POINTS = ["--channel", "awgn-ebn0:1.5:1:2.5", "--list", "4", "--min-errors", "150", "--max-frames", "40000"]


class Simulate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="caligo-simulate-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("CALIGO_ISA", "OMPI_", "PMI_", "SLURM_"))}
        cls.environment = {**kept, "HOME": holder.name}
        cls.run_caligo("construct", "--channel", "awgn-ebn0:2", "-n", "8", "--message", "128", "--crc", "crc11", "-o",
                       "code.json")
        cls.expected = cls.counts(*cls.simulate("expected.csv"))

    @classmethod
    def run_caligo(cls, *arguments, launcher=(), check=True):
        done = subprocess.run([*launcher, CALIGO, *arguments], cwd=cls.folder, env=cls.environment, capture_output=True,
                              text=True, timeout=300)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
        return done

    @classmethod
    def simulate(cls, name, *more, launcher=(), before=()):
        cls.run_caligo(*before, "-q", "simulate", "-c", "code.json", *POINTS, "--csv", name, *more, launcher=launcher)
        return [name]

    @classmethod
    def counts(cls, *files):
        """What the files add up to, and which frames they cover; times left out."""
        lines = cls.run_caligo("simulate", "--combine", *files).stdout.splitlines()
        rows = list(csv.DictReader(lines))
        fields = ("frames", "frame_errors", "undetected_errors", "bit_errors", "decoder", "strong_id")
        return sorted((*(row[f] for f in fields), json.loads(row["metadata"])["first_frame"]) for row in rows)

    def test_threads_and_instruction_sets(self):
        supported = json.loads(self.run_caligo("info", "--json").stdout)["isa_supported"]
        for isa in supported:
            self.assertEqual(self.counts(*self.simulate(f"{isa}.csv", before=("--isa", isa))), self.expected, isa)
        for threads in ("2", "3"):
            self.assertEqual(self.counts(*self.simulate(f"t{threads}.csv", "--threads", threads)), self.expected)

    def test_four_processes_of_an_mpi_launcher(self):
        if shutil.which("mpirun") is None:
            self.skipTest("SKIPPED: mpirun is not installed")
        launcher = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "4"]
        self.assertEqual(self.counts(*self.simulate("mpi.csv", launcher=launcher)), self.expected)

    def test_ranks_without_a_launcher(self):
        command = [CALIGO, "-q", "simulate", "-c", "code.json", *POINTS, "--csv", "ranks.csv", "--ranks", "3", "--rank"]
        ranks = [subprocess.Popen([*command, str(rank)], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE)
                 for rank in range(3)]
        outputs = [rank.communicate(timeout=300)[0] for rank in ranks]
        self.assertEqual([rank.returncode for rank in ranks], [0, 0, 0])
        self.assertEqual([len(text) > 0 for text in outputs], [True, False, False])  # the first one speaks
        self.assertEqual(self.counts("ranks.csv"), self.expected)

    def test_killed_in_the_middle_and_resumed(self):
        command = [CALIGO, "-q", "simulate", "-c", "code.json", *POINTS, "--csv", "killed.csv", "--resume", "--threads",
                   "2", "--ranks", "2", "--rank"]
        for round_number in range(6):
            started = [subprocess.Popen([*command, str(rank)], cwd=self.folder, env=self.environment,
                                        stdout=subprocess.DEVNULL) for rank in range(2)]
            time.sleep(0.02 + 0.03 * round_number)
            for process in started:
                process.send_signal(signal.SIGKILL)
                process.wait()
        with open(self.folder / "killed.csv", "a", encoding="ascii") as file:
            file.write("123,4")  # a row that was being written
        self.simulate("killed.csv", "--resume")
        self.assertEqual(self.counts("killed.csv"), self.expected)

    def test_interrupted_and_resumed(self):
        command = [CALIGO, "-q", "simulate", "-c", "code.json", "--channel", "awgn-ebn0:6", "--max-frames", "100000000",
                   "--csv", "stopped.csv"]
        process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        rows = self.counts("stopped.csv")
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0][-1], 0)
        self.assertGreater(int(rows[0][0]), 0)

    def test_replayed_frames_are_those_that_were_counted(self):
        arguments = ["-c", "code.json", "--channel", "awgn-ebn0:1.5", "--list", "4", "--seed", "5"]
        errors = bits = 0
        for frame in range(20):
            record = json.loads(self.run_caligo("simulate", *arguments, "--replay", str(frame)).stdout)
            self.assertEqual(len(record["llr"]), 256)
            wrong = sum(a != b for a, b in zip(record["message"], record["decided_message"]))
            self.assertEqual(wrong, record["bit_errors"])
            bits += wrong
            errors += wrong > 0
        point = json.loads(self.run_caligo("-q", "simulate", *arguments, "--max-frames", "20", "--json").stdout)["points"][0]
        self.assertEqual((point["frames"], point["frame_errors"], point["bit_errors"]), (20, errors, bits))

    def test_the_replay_command_in_the_file_works(self):
        with open(self.folder / "expected.csv", encoding="ascii") as file:
            row = next(csv.DictReader(file))
        command = json.loads(row["metadata"])["run"]["replay"].replace("FRAME", "0").split()
        record = json.loads(self.run_caligo(*command[1:]).stdout)
        self.assertEqual(record["strong_id"], row["strong_id"])

    def test_reconciliation_counts_leakage(self):
        for mode in ("one-way", "blind", "interactive"):
            done = self.run_caligo("-q", "simulate", "--mode", mode, "--qber", "0.03", "--block-log2", "12",
                                   "--max-frames", "5", "--json")
            point = json.loads(done.stdout)["points"][0]
            self.assertEqual(point["reconciliation"]["bits"], 5 * 4096)
            self.assertTrue(1 < point["reconciliation"]["efficiency"] < 1.8, mode)

    def test_a_folder_that_cannot_be_written(self):
        done = self.run_caligo("simulate", "-c", "code.json", "--channel", "bsc:0.02", "--csv", "/proc/a.csv", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("/proc/a.csv", done.stderr)


if __name__ == "__main__":
    CALIGO = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)

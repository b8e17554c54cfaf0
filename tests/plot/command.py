#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caligo plot as its users see it.

    command.py build/caligo             compares figures with golden/*.svg, and tests everything else
    command.py build/caligo --update    writes the golden figures anew

The CSV files in golden/ were counted by caligo simulate: a (128, 64) code in the 5G NR order on three channels, and
reconciliation of 16384 bits.
"""

import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CALIGO = None
GOLDEN = Path(__file__).resolve().parent / "golden"
ROOT = GOLDEN.parents[2]
FIGURES = {
    "awgn": ["awgn_sc.csv", "awgn_l8.csv"],
    "awgn_ber": ["awgn_sc.csv", "awgn_l8.csv", "--y", "ber", "--x", "esn0"],
    "bsc": ["bsc_l8.csv", "--title", "List of 8 & CRC-6"],
    "bec": ["bec_adaptive.csv", "--intervals", "bands", "--width", "120"],
    "reconcile": ["reconcile.csv"],
}


def caligo(*arguments, folder, python=None):
    environment = {name: value for name, value in os.environ.items() if name not in ("CALIGO_ISA", "CALIGO_PYTHON")}
    if python is not None:
        environment["CALIGO_PYTHON"] = str(python)
    return subprocess.run([CALIGO, "plot", *map(str, arguments)], cwd=folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)


def python_with_matplotlib():
    for candidate in (ROOT / ".venv" / "bin" / "python", shutil.which("python3"), sys.executable):
        if candidate and subprocess.run([candidate, "-c", "import matplotlib"], stderr=subprocess.DEVNULL, check=False,
                                        cwd="/").returncode == 0:
            return candidate
    return None


class Plot(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="caligo-plot-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        for path in GOLDEN.glob("*.csv"):
            shutil.copy(path, self.folder)
        self.given = self.names()

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def plot(self, *arguments, python=None):
        done = caligo(*arguments, folder=self.folder, python=python)
        self.assertEqual((done.returncode, done.stderr), (0, b""), arguments)
        return done.stdout

    def refused(self, code, *arguments, python=None):
        """The one line on standard error; nothing may be left behind."""
        done = caligo(*arguments, folder=self.folder, python=python)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertEqual(self.names(), self.given)
        return lines[0]

    def test_figures_are_the_golden_ones(self):
        for name, arguments in FIGURES.items():
            with self.subTest(name):
                figure = self.plot(*arguments, "-o", "-").decode()
                self.assertEqual(figure, (GOLDEN / f"{name}.svg").read_text(encoding="utf-8"))

    def test_figures_are_xml_with_text_and_nothing_from_elsewhere(self):
        for name in FIGURES:
            text = (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")
            root = ElementTree.fromstring(text)
            words = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
            self.assertGreater(len(words), 8, name)
            self.assertEqual(re.findall(r"href|url\((?!#)|@import|<script", text), [], name)
            width, height = map(float, root.get("viewBox").split()[2:])
            for element in root.iter("{http://www.w3.org/2000/svg}text"):
                self.assertTrue(0 <= float(element.get("x")) <= width and 0 <= float(element.get("y")) <= height, name)

    def test_axes_are_labelled_by_channel(self):
        labels = {"awgn": "Eb/N0 (dB)", "awgn_ber": "Es/N0 (dB)", "bsc": "Crossover probability q", "bec": "Erasure probability",
                  "reconcile": "QBER"}
        for name, label in labels.items():
            root = ElementTree.fromstring((GOLDEN / f"{name}.svg").read_text(encoding="utf-8"))
            words = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
            self.assertIn(label, words)

    def test_json_has_what_is_drawn(self):
        chart = json.loads(self.plot("awgn_sc.csv", "awgn_l8.csv", "--json"))
        self.assertEqual([curve["label"] for curve in chart["curves"]], ["SC, no CRC", "SCL, L = 8, CRC-6"])
        self.assertEqual(chart["legend_title"], "(128, 64)")
        last = chart["curves"][0]["points"][-1]
        self.assertEqual((last["y"], last["low"], last["frame_errors"]), (0, 0, 0))
        self.assertAlmostEqual(last["high"], 1 - 1000 ** (-1 / last["frames"]), 12)
        for curve in chart["curves"]:
            for point in curve["points"]:
                self.assertEqual(point["y"], point["frame_errors"] / point["frames"])
                self.assertTrue(point["low"] <= point["y"] <= point["high"])
        limit = chart["limits"][0]
        self.assertEqual((limit["n"], limit["k"]), (128, 64))
        self.assertTrue(all(a[0] < b[0] and a[1] > b[1] for a, b in zip(limit["points"], limit["points"][1:])))

    def test_95_percent_is_narrower(self):
        def width(*options):
            point = json.loads(self.plot("bsc_l8.csv", "--json", *options))["curves"][0]["points"][3]
            return math.log(point["high"] / point["low"])

        self.assertLess(width("--ratio", "6.83"), 0.7 * width())

    def test_the_same_file_twice_counts_once(self):
        once = json.loads(self.plot("bsc_l8.csv", "--json"))
        twice = json.loads(self.plot("bsc_l8.csv", "bsc_l8.csv", "--json"))
        self.assertEqual(once, twice)

    def test_a_torn_file_is_plotted_with_a_warning(self):
        text = (self.folder / "bsc_l8.csv").read_bytes()
        (self.folder / "torn.csv").write_bytes(text[:-7])
        done = caligo("torn.csv", "--json", folder=self.folder)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"torn.csv: the last line", done.stderr)

    def test_page_is_self_contained(self):
        (self.folder / "a<b.csv").write_bytes((self.folder / "awgn_sc.csv").read_bytes())
        self.plot("a<b.csv", "-o", "page.html", "--title", "</script><b>")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        # Names of namespaces are the only addresses.
        self.assertEqual(set(re.findall(r"https?://[^\"' ]*", page)), {"http://www.w3.org/2000/svg"})
        self.assertEqual(page.count("</script>"), 2)
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])
        self.assertEqual([chart["y"]["quantity"] for chart in data["charts"]], ["fer", "ber"])
        self.assertEqual(data["charts"][0]["title"], "</script><b>")
        self.assertEqual(data["files"], ["a<b.csv"])
        self.plot("awgn_sc.csv", "--html", "-o", "page")
        self.assertTrue((self.folder / "page").read_text(encoding="utf-8").startswith("<!doctype html>"))

    def test_png_and_pdf(self):
        python = python_with_matplotlib()
        if python is None:
            self.skipTest("SKIPPED: no python3 with matplotlib (./dev setup makes one)")
        for end, magic in (("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")):
            digests = set()
            for _ in range(2):
                self.plot("awgn_sc.csv", "awgn_l8.csv", "--title", "5 $ a frame", "-o", f"fer.{end}", python=python)
                content = (self.folder / f"fer.{end}").read_bytes()
                self.assertTrue(content.startswith(magic))
                self.assertGreater(len(content), 5000)
                digests.add(hashlib.sha256(content).hexdigest())
            self.assertEqual(len(digests), 1, "the same chart gives the same bytes")
        self.plot("reconcile.csv", "-o", "f.png", python=python)

    def test_without_python_or_matplotlib(self):
        line = self.refused(1, "bsc_l8.csv", "-o", "fer.png", python=self.folder / "none")
        self.assertIn("fer.png: needs Python", line)
        bare = self.folder / "python"
        bare.write_text(f"#!/bin/sh\nexec {sys.executable} -S -I \"$@\"\n")
        bare.chmod(0o755)
        self.given = self.names()
        if subprocess.run([bare, "-c", "import matplotlib"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            self.skipTest("SKIPPED: matplotlib is part of this Python's own library")
        line = self.refused(1, "bsc_l8.csv", "-o", "fer.pdf", python=bare)
        self.assertIn("has no matplotlib", line)
        self.assertIn(".svg", line)

    def test_refusals(self):
        self.assertIn("expected -o FILE.svg", self.refused(2, "bsc_l8.csv"))
        self.assertIn("-o fer.bmp: expected a name that ends in", self.refused(2, "bsc_l8.csv", "-o", "fer.bmp"))
        self.assertIn("missing.csv", self.refused(1, "missing.csv", "-o", "a.svg"))
        self.assertIn("share no axis", self.refused(2, "bsc_l8.csv", "awgn_sc.csv", "-o", "a.svg"))
        self.assertIn("reconciliation", self.refused(2, "bsc_l8.csv", "--y", "efficiency", "-o", "a.svg"))
        self.assertIn("--width", self.refused(2, "bsc_l8.csv", "--width", "nan", "-o", "a.svg"))
        self.assertIn("--ratio", self.refused(2, "bsc_l8.csv", "--ratio", "1", "-o", "a.svg"))
        self.assertIn("no/a.svg", self.refused(1, "bsc_l8.csv", "-o", "no/a.svg"))
        (self.folder / "other.csv").write_text("a,b\n1,2\n")
        (self.folder / "empty.csv").write_text("")
        self.given = self.names()
        self.assertIn("other.csv", self.refused(1, "other.csv", "-o", "a.svg"))
        self.assertIn("empty.csv", self.refused(1, "empty.csv", "-o", "a.svg"))


def update():
    for name, arguments in FIGURES.items():
        done = caligo(*arguments, "-o", f"{name}.svg", folder=GOLDEN)
        sys.stderr.write(done.stderr.decode())


if __name__ == "__main__":
    CALIGO = Path(sys.argv.pop(1)).resolve()
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()

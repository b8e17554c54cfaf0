#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that check_layers.py accepts a clean tree and finds each kind of fault planted in it."""

import tempfile
import unittest
from pathlib import Path

from check_layers import LAYERS, MAX_LINES, WARN_LINES, Checker

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        self.write("src/bits/bits.cpp", LICENCE + '#include <caligo/bits.hpp>\n#include "base/file.hpp"\n#include <vector>\n')
        self.write("include/caligo/bits.hpp", LICENCE + "#include <caligo/error.hpp>\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def faults(self):
        checker = Checker(self.root)
        checker.run()
        return checker.faults

    def assert_fault(self, *parts):
        faults = self.faults()
        self.assertEqual(len(faults), 1, faults)
        for part in parts:
            self.assertIn(part, faults[0])

    def test_clean_tree(self):
        self.assertEqual(self.faults(), [])

    def test_later_internal_header(self):
        self.write("src/code/a.cpp", LICENCE + '\n#include "decode/engine.hpp"\n')
        self.assert_fault("src/code/a.cpp:3:", "later folder decode")

    def test_every_pair_of_layers(self):
        for i, layer in enumerate(LAYERS):
            for j, target in enumerate(LAYERS):
                with self.subTest(layer=layer, target=target):
                    self.write(f"src/{layer}/pair.cpp", LICENCE + f'#include "{target}/x.hpp"\n')
                    self.assertEqual(len(self.faults()), 1 if j > i else 0)
            (self.root / f"src/{layer}/pair.cpp").unlink()

    def test_later_public_header(self):
        self.write("src/code/a.cpp", LICENCE + "#include <caligo/decode.hpp>\n")
        self.assert_fault("later folder decode")

    def test_public_header_includes_later_one(self):
        self.write("include/caligo/bits.hpp", LICENCE + "#include <caligo/encode.hpp>\n")
        self.assert_fault("later folder encode")

    def test_public_header_includes_internal_one(self):
        self.write("include/caligo/bits.hpp", LICENCE + '#include "base/file.hpp"\n')
        self.assert_fault("only public headers")

    def test_tests_keep_to_the_order_too(self):
        self.write("src/bits/a.test.cpp", LICENCE + '#include "code/x.hpp"\n')
        self.assert_fault("later folder code")

    def test_umbrella_header_inside_the_library(self):
        self.write("src/decode/a.cpp", LICENCE + "#include <caligo/caligo.hpp>\n")
        self.assert_fault("later folder cli")

    def test_reference_outside_tests(self):
        self.write("src/decode/a.test.cpp", LICENCE + '#include "reference/scl.hpp"\n')
        self.assertEqual(self.faults(), [])
        self.write("src/decode/a.cpp", LICENCE + '#include "reference/scl.hpp"\n')
        self.assert_fault("for tests only")

    def test_reference_uses_internals(self):
        self.write("reference/sc.cpp", LICENCE + '#include "decode/engine.hpp"\n')
        self.assert_fault("only public headers")

    def test_unknown_public_header(self):
        self.write("include/caligo/secret.hpp", LICENCE)
        self.assert_fault("does not know")

    def test_unknown_folder(self):
        self.write("src/utils/a.cpp", LICENCE)
        self.assert_fault("no known folder")

    def test_relative_include(self):
        self.write("src/bits/a.cpp", LICENCE + '#include "../base/file.hpp"\n')
        self.assert_fault("name it from src/")

    def test_quoted_public_header(self):
        self.write("src/bits/a.cpp", LICENCE + '#include "caligo/bits.hpp"\n')
        self.assert_fault("angle brackets")

    def test_library_that_prints(self):
        self.write("src/bits/a.cpp", LICENCE + "#include <iostream>\n")
        self.assert_fault("only src/cli")
        self.write("src/bits/a.cpp", LICENCE)
        self.write("src/cli/a.cpp", LICENCE + "#include <iostream>\n#include <spdlog/spdlog.h>\n")
        self.assertEqual(self.faults(), [])

    def test_licence_line(self):
        for name in ("src/bits/b.cpp", "tools/a.py", "README.md", "CMakeLists.txt", "dev", ".ci/run"):
            with self.subTest(name=name):
                self.write(name, "nothing\n")
                self.assert_fault(name, "SPDX")
                (self.root / name).unlink()

    def test_native_flag(self):
        for name in ("CMakeLists.txt", "CMakePresets.json", "cmake/a.cmake", "dev"):
            with self.subTest(name=name):
                self.write(name, "# SPDX-License-Identifier: Apache-2.0\n-O3 -march=" + "native\n")
                self.assert_fault(f"{name}:2:", "processor at hand")
                (self.root / name).unlink()

    def test_file_size(self):
        self.write("src/bits/b.cpp", LICENCE + "\n" * MAX_LINES)
        self.assert_fault(f"{MAX_LINES + 1} lines")
        self.write("src/bits/b.cpp", LICENCE + "\n" * WARN_LINES)
        checker = Checker(self.root)
        self.assertTrue(checker.run())
        self.assertEqual(len(checker.warnings), 1)

    def test_build_folders_are_skipped(self):
        self.write("build-x/a.cpp", "nothing\n")
        self.write(".venv/a.py", "nothing\n")
        self.assertEqual(self.faults(), [])


if __name__ == "__main__":
    unittest.main()

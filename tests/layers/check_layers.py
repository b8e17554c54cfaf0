#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the house rules that a compiler does not: who may include whom, file sizes, licence lines, compiler flags.

usage: check_layers.py [REPOSITORY]

Prints one line per fault, `file:line: what`, and exits 1 if there is any. Warnings are printed but do not count.
"""

import re
import sys
from pathlib import Path

# A folder of src/ may include itself and those before it.
LAYERS = ["base", "kernels", "bits", "container", "hash", "channel", "code", "encode", "decode", "reconcile", "cascade",
          "session", "amplify", "authenticate", "simulate", "plot", "capi", "cli"]

# The folder whose stage a public header <caligo/NAME> belongs to; <caligo.h> stands beside that folder.
PUBLIC = {
    "error.hpp": "base",
    "version.hpp": "base",
    "bits.hpp": "bits",
    "random.hpp": "bits",
    "container.hpp": "container",
    "channel.hpp": "channel",
    "llr.hpp": "channel",
    "normal_approximation.hpp": "channel",
    "code.hpp": "code",
    "construct.hpp": "code",
    "crc.hpp": "code",
    "encode.hpp": "encode",
    "isa.hpp": "kernels",
    "decode.hpp": "decode",
    "adaptive.hpp": "decode",
    "batch.hpp": "decode",
    "soft.hpp": "decode",
    "segmented.hpp": "decode",
    "reconcile.hpp": "reconcile",
    "blind.hpp": "reconcile",
    "amplify.hpp": "amplify",
    "authenticate.hpp": "authenticate",
    "key_length.hpp": "amplify",
    "cascade.hpp": "cascade",
    "session.hpp": "session",
    "results.hpp": "simulate",
    "simulate.hpp": "simulate",
    "caligo.h": "capi",
    "c/base.h": "capi",
    "c/codec.h": "capi",
    "c/soft.h": "capi",
    "c/reconcile.h": "capi",
    "c/session.h": "capi",
    "c/key.h": "capi",
    "c/container.h": "capi",
    "c/simulate.h": "capi",
    "caligo.hpp": "cli",  # includes all of them, so only what lies outside the library may include it
}

# The library never prints, and knows no command line.
CLI_ONLY = re.compile(r"^(iostream|CLI/.*|spdlog/.*)$")

WARN_LINES = 400
MAX_LINES = 500

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Builds run on other processors than the one that compiled them. (Written so that this line is not a match.)
NATIVE = re.compile(r"-m(?:arch|cpu|tune)=nativ[e]")
SPDX = "SPDX-License-Identifier: Apache-2.0"

SKIPPED = re.compile(r"^(\..*|build.*|__pycache__)$")
SOURCE_SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".cmake", ".in", ".md"}
SOURCE_NAMES = {"CMakeLists.txt", "dev", "run"}


def files(root):
    """All files of the repository except build products; .ci is the one hidden folder with sources."""
    for path in sorted(root.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if not SKIPPED.match(path.name) or path.name == ".ci":
                yield from files(path)
        elif path.is_file():
            yield path


class Checker:
    def __init__(self, root):
        self.root = Path(root)
        self.faults = []
        self.warnings = []

    def fault(self, path, line, text):
        self.faults.append(f"{path.relative_to(self.root)}:{line}: {text}")

    def layer_of(self, path):
        """The folder that an including file belongs to, or None for files outside the library and the tool."""
        parts = path.relative_to(self.root).parts
        if parts[0] == "src" and len(parts) > 2:
            return parts[1]
        if parts[0] == "include":
            return PUBLIC.get("/".join(parts[2:]) if parts[1] == "caligo" else parts[1])
        return None

    def target_layer(self, included):
        """The folder that an included file belongs to, or None for system headers and libraries."""
        folder, _, name = included.partition("/")
        if included in PUBLIC:
            return PUBLIC[included]
        if folder == "caligo":
            return PUBLIC.get(name, name)
        return folder if name and folder in LAYERS else None

    def check_include(self, path, line, bracket, included):
        layer = self.layer_of(path)
        relative = path.relative_to(self.root)
        is_test = path.name.endswith(".test.cpp")
        if included.startswith("../"):
            self.fault(path, line, f"includes {included}: name it from src/ or include/")
        if included.startswith("caligo/") and bracket != "<":
            self.fault(path, line, f'includes "{included}": public headers go in angle brackets')
        if included.startswith("caligo/") and included.partition("/")[2] not in PUBLIC:
            self.fault(path, line, f"includes <{included}>, which tests/layers does not know")
            return
        target = self.target_layer(included)
        if relative.parts[0] in ("include", "examples", "reference"):
            if target is not None and included not in PUBLIC and not included.startswith("caligo/"):
                self.fault(path, line, f"includes {included}: only public headers may be used here")
                return
        if layer is None:
            return
        if layer != "cli" and CLI_ONLY.match(included):
            self.fault(path, line, f"includes <{included}>: only src/cli prints or parses a command line")
        if included.startswith("reference/") and not is_test:
            self.fault(path, line, f"includes {included}: the reference decoders are for tests only")
        if target is not None and layer in LAYERS and LAYERS.index(target) > LAYERS.index(layer):
            self.fault(path, line, f"{layer} includes {included} of the later folder {target}")

    def check_source(self, path, lines):
        if SPDX not in "\n".join(lines[:3]):
            self.fault(path, 1, f"the first lines lack '{SPDX}'")
        if path.suffix in (".hpp", ".cpp", ".h", ".c"):
            for number, text in enumerate(lines, 1):
                if match := INCLUDE.match(text):
                    self.check_include(path, number, match[1], match[2])

    def check_size(self, path, lines):
        if len(lines) > MAX_LINES:
            self.fault(path, MAX_LINES + 1, f"{len(lines)} lines, at most {MAX_LINES} are allowed")
        elif len(lines) > WARN_LINES:
            self.warnings.append(f"{path.relative_to(self.root)}: {len(lines)} lines, better below {WARN_LINES}")

    def check_folder(self, path):
        parts = path.relative_to(self.root).parts
        if parts[0] == "src" and (len(parts) < 3 or parts[1] not in LAYERS):
            self.fault(path, 1, "lies in no known folder of src/ (tests/layers keeps their order)")
        if parts[0] == "include" and self.layer_of(path) is None:
            self.fault(path, 1, "is a public header that tests/layers does not know")

    def run(self):
        for path in files(self.root):
            is_source = path.suffix in SOURCE_SUFFIXES or path.name in SOURCE_NAMES
            if not is_source and path.name != "CMakePresets.json":
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            top = path.relative_to(self.root).parts[0]
            if is_source:
                self.check_source(path, lines)
            if top in ("src", "include"):
                self.check_folder(path)
                self.check_size(path, lines)
            if path.suffix != ".md":
                for number, text in enumerate(lines, 1):
                    if NATIVE.search(text):
                        self.fault(path, number, "compiles for the processor at hand; use the per-ISA units of src/kernels")
        return not self.faults


def main():
    checker = Checker(sys.argv[1] if len(sys.argv) > 1 else ".")
    passed = checker.run()
    for text in checker.warnings:
        print(f"warning: {text}")
    for text in checker.faults:
        print(text)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

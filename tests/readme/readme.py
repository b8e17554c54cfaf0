#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds README.md to its word.

usage: readme.py extract  README.md OUT.cpp     writes the C++ example
       readme.py library  README.md PROGRAM     runs it; it must print the block that follows it in the README
       readme.py commands README.md CALIGO      runs the lines of the shell blocks in a fresh folder
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme):
    """(language, text) of every fenced block."""
    found = BLOCK.findall(Path(readme).read_text(encoding="utf-8"))
    if not found:
        sys.exit(f"{readme}: no fenced blocks")
    return found


def library_example(readme):
    """The first C++ block and the output that the README promises right after it."""
    found = blocks(readme)
    for (language, code), (following, output) in zip(found, found[1:]):
        if language == "cpp":
            if following != "text":
                sys.exit(f"{readme}: the C++ block is not followed by its output in a text block")
            return code, output
    sys.exit(f"{readme}: no C++ block")


def extract(readme, target):
    Path(target).write_text(library_example(readme)[0], encoding="utf-8")


def library(readme, program):
    expected = library_example(readme)[1]
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    if output != expected:
        sys.exit(f"the README promises\n{expected}and the example prints\n{output}")


def commands(readme, caligo):
    """Continuation lines are joined; the commands ./dev, which run this test, are left out."""
    lines = "".join(code for language, code in blocks(readme) if language == "sh").replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line and not line.startswith("./dev")]
    if not any(line.startswith("build/caligo ") for line in wanted):
        sys.exit(f"{readme}: no line `build/caligo ...` in a shell block")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/build")
        os.symlink(os.path.abspath(caligo), f"{folder}/build/caligo")
        environment = {**os.environ, "CALIGO_CACHE_DIR": f"{folder}/cache"}
        for line in wanted:
            print(f"$ {line}", flush=True)
            subprocess.run(line, shell=True, check=True, cwd=folder, env=environment)


def main():
    actions = {"extract": extract, "library": library, "commands": commands}
    if len(sys.argv) != 4 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()

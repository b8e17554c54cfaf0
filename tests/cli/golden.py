#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests of the command line: transcripts that are run again and compared.

A transcript holds comments (anything else), commands ("$ ...", run by sh in a fresh directory that all commands of the file
share) and, indented by two, what each command gave: standard output as it is, standard error with "! " before each line,
and the exit code as "[N]" unless it is 0. Figures that differ from run to run (seconds, version, commit) are replaced by their names.

    golden.py --caligo build/caligo tests/cli/golden/*.txt            compares
    golden.py --caligo build/caligo --update tests/cli/golden/*.txt   writes what it got; read the difference before a commit
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TIME_LIMIT = 120

VARYING = [
    (re.compile(r'("seconds": )[0-9.e+-]+'), r"\1SECONDS"),
    (re.compile(r'("time": ?)[0-9.e+-]+'), r"\1TIME"),
    (re.compile(r'("version": )"[0-9.]+"'), r'\1"VERSION"'),
    (re.compile(r'("git_hash": )"[^"]*"'), r'\1"HASH"'),
    (re.compile(r"^caligo [0-9]+\.[0-9]+\.[0-9]+ \([^)]*\)", re.M), "caligo VERSION (HASH)"),
    # What this build and this machine offer.
    (re.compile(r'("isa_(?:built|supported)": )\[[^\]]*\]'), r"\1[NAMES]"),
    (re.compile(r"((?:built|supported)  +)[a-z0-9 ]+$", re.M), r"\1NAMES"),
    (re.compile(r"\(supported: [^)]*\)"), "(supported: NAMES)"),
]


def environment(folder, caligo):
    """Nothing of the caller's settings reaches the commands."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "caligo").symlink_to(caligo)
    (folder / "work").mkdir()
    kept = {name: value for name, value in os.environ.items() if name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")}
    return {**kept, "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C",
            "XDG_CACHE_HOME": str(folder / "cache"), "CALIGO_ISA": "scalar", "PYTHON": sys.executable}


def run(command, folder, env):
    """The transcript's lines for one command."""
    done = subprocess.run(["sh", "-c", command], cwd=folder / "work", env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT, check=False)
    out = done.stdout.decode("utf-8", "backslashreplace").splitlines()
    err = done.stderr.decode("utf-8", "backslashreplace").splitlines()
    lines = out + ["! " + line for line in err]
    if done.returncode != 0:
        lines.append(f"[{done.returncode}]")
    text = "\n".join(lines)
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    text = text.replace(str(folder / "work"), "WORK")
    return [("  " + line).rstrip() or "  ." for line in text.splitlines()]


def replay(path, caligo):
    """(what the transcript says, what the commands give), both as lists of lines."""
    expected = path.read_text(encoding="utf-8").splitlines()
    got = []
    with tempfile.TemporaryDirectory(prefix="caligo-golden-") as name:
        folder = pathlib.Path(name)
        env = environment(folder, caligo)
        for line in expected:
            if line.startswith("  "):
                continue
            got.append(line)
            if line.startswith("$ "):
                got += run(line[2:], folder, env)
    return expected, got


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caligo", required=True, type=pathlib.Path, help="the program under test")
    parser.add_argument("--update", action="store_true", help="rewrite the transcripts")
    parser.add_argument("transcripts", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    failed = 0
    for path in options.transcripts:
        expected, got = replay(path, options.caligo.resolve())
        if not any(line.startswith("$ ") for line in expected):
            print(f"{path}: holds no command")
            failed += 1
        elif options.update:
            path.write_text("\n".join(got) + "\n", encoding="utf-8")
        elif expected != got:
            failed += 1
            sys.stdout.writelines(line + "\n" for line in difflib.unified_diff(
                expected, got, f"{path} (recorded)", "this run", lineterm=""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the symbol list of the C library and the headers together.

usage: c_symbols.py map INCLUDE MAP          writes the linker's map anew from the headers' `@since` notes
       c_symbols.py check INCLUDE MAP [LIB]  compares headers, map and, if given, the symbols that the library exports;
                                             prints the differences and exits 1 if there is any

A function that was once released stays, with its version. So the map is committed, and its difference is read in review.
"""

import re
import subprocess
import sys
from pathlib import Path

DECLARATION = re.compile(
    r"/// @since (?P<since>\d+\.\d+)\n(?:CALIGO_API|CALIGO_CHECKED) (?:[^;(]*?)\b(?P<name>caligo_\w+)\(", re.MULTILINE)
ANY = re.compile(r"^(?:CALIGO_API|CALIGO_CHECKED) [^;(]*?\b(caligo_\w+)\(", re.MULTILINE)
NODE = re.compile(r"^CALIGO_(\d+\.\d+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)


def declared(include):
    """{function: version} of all headers; a declaration without a note is a fault."""
    found = {}
    for header in sorted(Path(include).glob("caligo/c/*.h")):
        text = header.read_text(encoding="utf-8")
        here = {match["name"]: match["since"] for match in DECLARATION.finditer(text)}
        if missing := set(ANY.findall(text)) - set(here):
            sys.exit(f"{header}: no `/// @since` line before {', '.join(sorted(missing))}")
        found.update(here)
    return found


def mapped(path):
    """{function: version} of the linker's map."""
    return {name: version
            for version, body in NODE.findall(Path(path).read_text(encoding="utf-8"))
            for name in re.findall(r"\b(caligo_\w+);", body)}


def exported(library):
    """{function: version} of what the library defines for others, and everything else that it shows."""
    lines = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    found = {}
    for line in lines:
        kind, symbol = line.split()[-2:]
        name, _, version = symbol.partition("@@")
        if kind == "A":  # the names of the versions themselves
            continue
        found[name] = version.removeprefix("CALIGO_")
    return found


def write_map(functions, path):
    versions = sorted(set(functions.values()), key=lambda text: tuple(map(int, text.split("."))))
    lines = ["/* SPDX-License-Identifier: Apache-2.0 */",
             "/* The symbols of the C library by the version in which they appeared. tools/c_symbols.py writes this list. */"]
    for index, version in enumerate(versions):
        names = sorted(name for name, since in functions.items() if since == version)
        lines += [f"CALIGO_{version} {{", "  global:", *(f"    {name};" for name in names)]
        lines += ["  local:", "    *;"] if index == 0 else []
        lines += ["};" if index == 0 else f"}} CALIGO_{versions[index - 1]};"]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def differences(expected, got, where):
    for name in sorted(expected.keys() | got.keys()):
        if expected.get(name) != got.get(name):
            yield f"{name}: declared {expected.get(name, 'nowhere')}, {where} {got.get(name, 'nowhere')}"


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ("map", "check"):
        sys.exit(__doc__)
    functions = declared(sys.argv[2])
    if sys.argv[1] == "map":
        write_map(functions, sys.argv[3])
        return
    faults = list(differences(functions, mapped(sys.argv[3]), "in the map"))
    for library in sys.argv[4:5]:
        faults += differences(functions, exported(library), "exported")
    print("\n".join(faults) if faults else f"{len(functions)} functions")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

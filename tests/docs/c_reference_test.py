#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: c_reference_test.py REPOSITORY

Every function, structure member and constant of the C headers is in the generated reference.
"""

import re
import sys
from pathlib import Path

root = Path(sys.argv.pop(1))
sys.path[:0] = [str(root / "docs/site"), str(root / "tools")]
import c_reference  # noqa: E402
import c_symbols  # noqa: E402


def missing(include):
    """Names that the headers have and the pages have not."""
    text = "\n".join(page for _, page in c_reference.pages(include))
    headers = "\n".join(path.read_text("utf-8") for path in include.glob("caligo/c/*.h"))
    functions = [name for name in c_symbols.declared(include) if not re.search(rf"{{c:function}} .*\b{name}\(", text)]
    constants = [name for name in re.findall(r"^\s*(?:enum \{ )?(CALIGO_[A-Z0-9_]+)(?: =|,)", headers, re.MULTILINE)
                 if f"{{c:macro}} {name}\n" not in text]
    structures = [name for name in re.findall(r"^typedef struct (\w+) \{", headers, re.MULTILINE)
                  if f"{{c:struct}} {name}\n" not in text]
    return functions + constants + structures


faults = missing(root / "include")
# A generator that loses things must be noticed.
real, c_reference.CONSTANT = c_reference.CONSTANT, re.compile("(NOTHING)()")
if not missing(root / "include"):
    faults.append("the check did not notice that constants were lost")
c_reference.CONSTANT = real
print("\n".join(faults) if faults else "complete")
sys.exit(1 if faults else 0)

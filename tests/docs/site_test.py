#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: site_test.py REPOSITORY CALIGO OUT

Builds the site with the Python of .venv, or says SKIPPED and exits with 77 if that has no Sphinx.
"""

import os
import subprocess
import sys
from pathlib import Path

root, tool, out = sys.argv[1:]
python = Path(root) / ".venv/bin/python"
if not python.exists() or subprocess.run([python, "-c", "import sphinx, myst_parser, furo"], capture_output=True,
                                         check=False).returncode:
    print("SKIPPED: .venv has no Sphinx; ./dev docs installs it")
    sys.exit(77)
# The tool's directory is the build folder, where the Python package lies if it was built.
environment = {**os.environ, "PYTHONPATH": str(Path(tool).parent / "python")}
sys.exit(subprocess.run([python, "-B", f"{root}/docs/site/build.py", tool, out], env=environment, check=False).returncode)

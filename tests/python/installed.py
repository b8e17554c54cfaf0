#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a wheel, or an sdist and from it a wheel, installs it in a new virtual environment and runs the tests there.

usage: installed.py wheel|sdist FOLDER [--library LIBCALIGO.a]

Nothing is downloaded: build tools and NumPy are those of the Python that runs this. With --library the wheel links a
library that was built before.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(command, **options):
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def build_sdist(folder):
    code = "import sys, scikit_build_core.build as backend; print(backend.build_sdist(sys.argv[1]))"
    run([sys.executable, "-c", code, folder], cwd=ROOT)
    return next(folder.glob("*.tar.gz"))


def build_wheel(source, folder, library):
    command = [sys.executable, "-m", "pip", "wheel", source, "--no-deps", "--no-build-isolation", "--no-index", "-w", folder]
    if library:
        command.append(f"--config-settings=cmake.define.CALIGO_PREBUILT_LIBRARY={library}")
        command.append("--config-settings=cmake.define.CALIGO_WERROR=ON")
    # The compiler by the name that the developer's build has for it, so that ccache knows what it compiled.
    run(command, env={"CC": "cc", "CXX": "c++", **os.environ})
    return next(folder.glob("*.whl"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["wheel", "sdist"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    work = options.folder.resolve() / options.what
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    source = build_sdist(work) if options.what == "sdist" else ROOT
    wheel = build_wheel(source, work, options.library)

    environment = work / "environment"
    venv.EnvBuilder(with_pip=True, clear=True).create(environment)
    python = environment / "bin" / "python"
    # NumPy and pytest are lent by this Python; the package itself must come from the wheel.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    lent = environment / "lib" / version / "site-packages" / "lent.pth"
    lent.write_text(sysconfig.get_paths()["platlib"] + "\n")
    run([python, "-m", "pip", "install", "--no-index", "--no-deps", wheel])
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    where = "import caligo; assert caligo.__file__.startswith({!r}), caligo.__file__; print(caligo.info())"
    run([python, "-c", where.format(str(environment))], cwd=work, env=clean)
    run([python, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", ROOT / "bindings/python/tests"], cwd=work, env=clean)


if __name__ == "__main__":
    main()

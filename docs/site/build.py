#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the documentation site; warnings are errors.

usage: build.py CALIGO OUT

CALIGO is the tool, from which the reference of the commands is made. The sources are staged in OUT/source with the
repository's own layout, so that links between documents are the same here and there; the pages go to OUT/html. The
reference of the C interface is made from include/caligo/c, that of the Python package from the package itself if it can
be imported. Needs the packages of requirements-docs.txt, and no network.
"""

import fnmatch
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import c_reference
import cli_reference
import python_reference

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


def documents():
    yield from (ROOT / name for name in DOCUMENTS)
    yield from sorted((ROOT / "docs").rglob("*.md"))


class Stage:
    def __init__(self, folder):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def add_document(self, path):
        self.write(path.relative_to(ROOT), LINK.sub(lambda match: self.link(path, match), path.read_text("utf-8")))

    def link(self, document, match):
        """Documents stay linked, other files become downloads, and folders, which a site has none of, plain text."""
        mark, text, target = match.groups()
        name = unquote(target.partition("#")[0])
        if not name or re.match(r"[a-z]+:", name):
            return match[0]
        path = (document.parent / name).resolve()
        if path.is_relative_to(ROOT) and path.is_file():
            if path.suffix != ".md":
                copy = self.folder / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
            return match[0]
        return f"{mark}{text}" if path.exists() else match[0]


def index_page(folder):
    """The index, with the documents that it does not name at the end of the background ones."""
    text = (ROOT / "docs/site/index.md").read_text("utf-8")
    if not list(folder.glob("docs/python*.md")):
        text = text.replace("docs/python*\n", "")  # Sphinx takes a pattern without a match for a fault
    patterns = re.findall(r"^[\w/*-]+$", text, re.MULTILINE)
    unnamed = [name for name in sorted(f"docs/{path.stem}" for path in folder.glob("docs/*.md"))
               if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    return text.replace("docs/soft-output\n", "\n".join(["docs/soft-output", *unnamed, ""]))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tool, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    stage = Stage(out / "source")
    for path in documents():
        stage.add_document(path)
    stage.write("conf.py", (ROOT / "docs/site/conf.py").read_text("utf-8"))
    stage.write("index.md", index_page(stage.folder))
    (stage.folder / "docs/site/index.md").unlink()
    stage.write("docs/reference/cli.md", cli_reference.page(tool))
    for name, text in c_reference.pages(ROOT / "include"):
        stage.write(f"docs/reference/{name}", text)
    stage.write("docs/reference/python.md", python_reference.page())
    shutil.rmtree(out / "html", ignore_errors=True)
    sys.exit(subprocess.run([sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html", "-d",
                             out / "doctrees", stage.folder, out / "html"], check=False).returncode)


if __name__ == "__main__":
    main()

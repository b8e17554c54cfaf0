# SPDX-License-Identifier: Apache-2.0
"""What the documentation shows is run: the Python blocks of each page in turn, and the notebooks, cell by cell."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted((ROOT / "docs").glob("python*.md"))
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))


def test_there_are_pages():
    assert len(PAGES) >= 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page, capsys):
    names = {"__name__": "__page__"}
    text = page.read_text(encoding="utf-8")
    if "caligo.plot" in text:
        pytest.importorskip("matplotlib")
    blocks = BLOCK.findall(text)
    for (language, code), (following, expected) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language != "python":
            continue
        if "llr" in code and "llr" not in names and page.stem == "python":
            import numpy as np

            names["llr"] = np.full((64, 4096), 4, np.float32)  # the page leaves it to the reader
        exec(compile(code, str(page), "exec"), names)
        printed = capsys.readouterr().out
        if following == "text":
            assert printed == expected


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebook(notebook, monkeypatch, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__notebook__"}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), str(notebook), "exec"), names)

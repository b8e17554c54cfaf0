# SPDX-License-Identifier: Apache-2.0
"""Sphinx settings of the documentation site; docs/site/build.py stages the sources and runs Sphinx on them."""

import importlib.util

project = "Caligo"
author = "The Caligo authors"
copyright = "The Caligo authors"  # noqa: A001  # Sphinx wants this name
extensions = ["myst_parser"]
if importlib.util.find_spec("caligo"):
    extensions += ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]
    autodoc_member_order = "bysource"
    autodoc_typehints = "description"
    napoleon_google_docstring = False
    # NumPy docstrings describe types in words ("bits"), which Sphinx takes for names that several classes have.
    suppressed = ["ref.python"]
else:
    suppressed = []

root_doc = "index"
exclude_patterns = ["results/**", "include/**", "reference/**"]
# Links such as file.md#a-heading work as they do in the repository.
myst_heading_anchors = 5
# A document begins with its licence line; headings may begin at any level in generated pages.
suppress_warnings = ["myst.header", *suppressed]
html_theme = "furo"
html_title = "Caligo"
html_show_sourcelink = False
html_show_sphinx = False

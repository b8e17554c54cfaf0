# SPDX-License-Identifier: Apache-2.0
"""The reference of the Python package, by autodoc, where the package can be imported."""

import importlib.util
import pkgutil

ABSENT = """# Python reference

This copy of the site was built without the Python package, whose docstrings make this page.
"""


def modules():
    """The package and its public modules."""
    import caligo

    yield "caligo"
    for module in pkgutil.walk_packages(caligo.__path__, "caligo."):
        if not any(part.startswith("_") for part in module.name.split(".")):
            yield module.name


def page():
    if not importlib.util.find_spec("caligo"):
        return ABSENT
    parts = [f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :show-inheritance:\n```\n"
             for name in modules()]
    return "# Python reference\n\n" + "\n".join(parts)

# SPDX-License-Identifier: Apache-2.0
"""The reference of the Python package, by autodoc, where the package can be imported."""

import importlib
import importlib.util
import inspect
import pkgutil

ABSENT = """# Python reference

This copy of the site was built without the Python package, whose docstrings make this page.
"""


def modules():
    """The package and its public modules."""
    package = importlib.import_module("caligo")
    yield package
    for module in pkgutil.walk_packages(package.__path__, "caligo."):
        if not any(part.startswith("_") for part in module.name.split(".")):
            yield importlib.import_module(module.name)


def names(module):
    """What a module offers, modules left out."""
    public = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    return [name for name in public if not inspect.ismodule(getattr(module, name, None))]


def entry(module, name):
    thing = getattr(module, name)
    kind = "class" if inspect.isclass(thing) else "function" if callable(thing) else "data"
    members = "\n   :members:\n   :show-inheritance:" if kind == "class" else ""
    return f".. auto{kind}:: {module.__name__}.{name}{members}\n"


def page():
    """Every object once, in the first module that offers it: the package, if it does."""
    if not importlib.util.find_spec("caligo"):
        return ABSENT
    seen = set()
    parts = []
    for module in modules():
        fresh = [name for name in names(module) if hasattr(module, name) and id(getattr(module, name)) not in seen]
        seen.update(id(getattr(module, name)) for name in fresh)
        if not fresh:
            continue
        entries = "\n".join(entry(module, name) for name in fresh)
        parts.append(f"## {module.__name__}\n\n```{{eval-rst}}\n.. py:module:: {module.__name__}\n\n{entries}\n```\n")
    return "# Python reference\n\n" + "\n".join(parts)

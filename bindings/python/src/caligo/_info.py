# SPDX-License-Identifier: Apache-2.0
"""About the build and the machine."""

from __future__ import annotations

from caligo import _caligo


def version() -> str:
    """Version of the library, MAJOR.MINOR.PATCH."""
    return _caligo.version()


def supported_isas() -> list[str]:
    """Instruction sets that this processor has and this build uses, slowest first."""
    return _caligo.supported_isas()


def active_isa() -> str:
    """The instruction set in use: the fastest supported one, ``$CALIGO_ISA``, or the last `force_isa`.

    Raises
    ------
    ValueError, NotImplementedError
        ``$CALIGO_ISA`` names none, or one that this machine has not.
    """
    return _caligo.active_isa()


def force_isa(name: str) -> None:
    """Chooses the instruction set of decoders made from now on. Results are the same bits on all of them.

    Parameters
    ----------
    name : str
        One of `supported_isas`.

    Raises
    ------
    ValueError, NotImplementedError
        No such name, or this machine has not got it.
    """
    _caligo.force_isa(name)


def info() -> dict[str, object]:
    """What ``caligo info --json`` says of the library: version, commit, instruction sets.

    Examples
    --------
    >>> import caligo
    >>> sorted(caligo.info())
    ['git_hash', 'isa', 'isa_built', 'isa_supported', 'version']
    """
    return {
        "version": _caligo.version(),
        "git_hash": _caligo.git_hash(),
        "isa_built": _caligo.built_isas(),
        "isa_supported": _caligo.supported_isas(),
        "isa": _caligo.active_isa(),
    }

# SPDX-License-Identifier: Apache-2.0
"""Errors that only this library has. Wrong arguments raise ``ValueError`` and ``TypeError``, files ``OSError``."""

from caligo import _caligo

__all__ = ["CaligoError", "KeyExhaustedError", "NoKeyError", "NotAuthenticError"]


class CaligoError(Exception):
    """Base of the classes below."""


class NoKeyError(CaligoError):
    """No secret key can be left at this error rate."""


class KeyExhaustedError(CaligoError):
    """The pool of authentication keys has not enough bits left."""


class NotAuthenticError(CaligoError):
    """A frame whose tag is wrong, or that came out of order."""


_caligo.register_errors(CaligoError, NoKeyError, KeyExhaustedError, NotAuthenticError)

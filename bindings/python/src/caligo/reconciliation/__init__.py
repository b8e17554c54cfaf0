# SPDX-License-Identifier: Apache-2.0
"""What strategies of reconciliation are written against: see :mod:`caligo.reconciliation.codecs`."""

from caligo.reconciliation.codecs import HardDecodeResult, SISOCodec, SoftDecodeResult

__all__ = ["HardDecodeResult", "SISOCodec", "SoftDecodeResult"]

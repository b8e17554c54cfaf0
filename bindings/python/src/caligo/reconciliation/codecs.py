# SPDX-License-Identifier: Apache-2.0
"""The soft-in soft-out protocol between strategies and codecs.

Conventions: bits are ``uint8`` in {0, 1}; LLRs are ``float32`` in nats, LLR = ln P(bit = 0)/P(bit = 1), so that
positive means 0. Results are fresh arrays. A codec may be called from many threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]
    Llrs = npt.NDArray[np.float32]

__all__ = ["HardDecodeResult", "SISOCodec", "SoftDecodeResult"]


@dataclass(frozen=True, slots=True, eq=False)
class HardDecodeResult:
    """What hard-decision decoding of one word gave.

    Attributes
    ----------
    decoded_message : ndarray of uint8, shape (message_length,)
        The message of `codeword`.
    codeword : ndarray of uint8, shape (block_length,)
        The corrected word: of all words with the syndrome that was given, the one that the decoder chose.
    converged : bool
        The CRC holds; always true for a codec without CRC. If it holds for no path of the list, this is false and
        the best path is given.
    iterations_used : int
        1: successive cancellation takes one pass.
    path_metric : float
        Sum of \\|LLR\\| in nats over the decisions that were taken against their LLR; 0 for a word without errors.
    """

    decoded_message: Bits
    codeword: Bits
    converged: bool
    iterations_used: int
    path_metric: float

    @property
    def corrected_codeword(self) -> Bits:
        """The same as `codeword`."""
        return self.codeword


@dataclass(frozen=True, slots=True, eq=False)
class SoftDecodeResult:
    """What soft decoding gave: of one frame, or, from `PolarCodec.soft_decode`, of many.

    With many frames every array has a first axis of that length, and the last four fields are arrays of shape
    (frames,).

    Attributes
    ----------
    llr_extrinsic : ndarray of float32, shape (block_length,)
        Posterior minus prior minus channel LLR of every code bit, in nats, within ±500.
    decoded_message : ndarray of uint8, shape (message_length,)
        The message of `codeword`.
    codeword : ndarray of uint8, shape (block_length,)
        The corrected word.
    converged : bool
        The CRC holds; always true for a codec without CRC. If it holds for no path of the list, this is false, the
        best path is given, and `llr_extrinsic` counts all paths.
    iterations_used : int
        1: successive cancellation takes one pass.
    path_metric : float
        Sum of \\|channel + prior\\| in nats over the code bits that were decided against it.
    error_probability : float
        Estimated probability that `codeword` is not the word that was sent; 1 if not converged.
    """

    llr_extrinsic: Llrs
    decoded_message: Bits
    codeword: Bits
    converged: bool
    iterations_used: int
    path_metric: float
    error_probability: float

    @property
    def corrected_codeword(self) -> Bits:
        """The same as `codeword`."""
        return self.codeword


@runtime_checkable
class SISOCodec(Protocol):
    """A linear block codec with soft input and soft output, as strategies call it.

    A word x of `block_length` bits has a syndrome, which says in which coset of the code it lies; it is what Alice
    discloses, and all of it counts as leakage. Decoders look for the word of that coset that fits the input best.

    Errors: ``ValueError`` for a wrong shape, NaN or infinity, values that are not bits, and list sizes other than 1,
    2, 4, 8, 16, 32; ``TypeError`` for a wrong dtype. That no path has the right CRC is no error, but
    ``converged=False``.

    Examples
    --------
    >>> import caligo
    >>> from caligo.reconciliation.codecs import SISOCodec
    >>> isinstance(caligo.PolarCodec(block_length=64, message_length=24), SISOCodec)
    True
    """

    @property
    def block_length(self) -> int:
        """Bits of a word, N."""
        ...

    @property
    def message_length(self) -> int:
        """Bits of a message, K, without the CRC."""
        ...

    @property
    def rate(self) -> float:
        """K/N."""
        ...

    @property
    def crc_length(self) -> int:
        """Bits of the CRC; 0 if there is none."""
        ...

    def encode(self, message: Bits, *, frozen_values: Bits | None = None) -> Bits:
        """The word with this message, in the coset that `frozen_values` names."""
        ...

    def decode_hard(
        self, received: Bits, *, syndrome: Bits | None = None, qber: Any = ..., max_iterations: int = 60
    ) -> HardDecodeResult:
        """The word of the coset that is nearest to `received`."""
        ...

    def decode_soft(
        self,
        llr_channel: Llrs,
        *,
        llr_prior: Llrs | None = None,
        syndrome: Bits | None = None,
        list_size: Any = 8,
        max_iterations: int = 60,
    ) -> SoftDecodeResult:
        """The word of the coset that fits the LLRs best, and what the code adds to them."""
        ...

    def compute_syndrome(self, codeword: Bits) -> Bits:
        """What Alice discloses about a word."""
        ...

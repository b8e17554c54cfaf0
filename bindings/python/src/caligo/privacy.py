# SPDX-License-Identifier: Apache-2.0
"""Privacy amplification: how much key is left, and the hash that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caligo import _caligo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]

__all__ = ["KeyLength", "amplification_seed_bits", "amplify", "fresh_seed", "key_length", "one_way_efficiency_limit",
           "verification_epsilon"]


def amplification_seed_bits(input_bits: int, output_bits: int, *, form: str = "modified-toeplitz") -> int:
    """Length of the seed that `amplify` needs.

    Parameters
    ----------
    input_bits, output_bits : int
        Bits before and after; 1 <= output_bits <= input_bits.
    form : {"modified-toeplitz", "toeplitz"}
        As in `amplify`.

    Examples
    --------
    >>> import caligo
    >>> caligo.amplification_seed_bits(1000, 300)
    999
    """
    return _caligo.amplification_seed_bits(input_bits, output_bits, form)


def fresh_seed(bits: int, *, bit_packed: bool = False) -> Bits:
    """Uniform bits from the operating system.

    The seed of `amplify` has to be drawn, and sent, after both sides hold the reconciled bits. It may be public; it
    must be authentic.

    Parameters
    ----------
    bits : int
        How many.
    bit_packed : bool
        Packed, eight bits to a byte.
    """
    return _caligo.fresh_amplification_seed(bits, bit_packed)


def amplify(
    bits: Bits,
    *,
    output_bits: int,
    seed: Bits,
    form: str = "modified-toeplitz",
    input_bits: int | None = None,
    max_bytes: int = 1 << 30,
    bit_packed: bool = False,
) -> Bits:
    """Hashes reconciled bits to a shorter key, with a Toeplitz matrix, exactly over GF(2).

    Parameters
    ----------
    bits : ndarray of uint8 or bool, shape (input_bits,)
        Reconciled bits. With `bit_packed`, ceil(input_bits / 8) bytes.
    output_bits : int
        Length of the key, as `key_length` says.
    seed : ndarray of uint8 or bool, shape (amplification_seed_bits(...),)
        As from `fresh_seed`; the same on both sides.
    form : {"modified-toeplitz", "toeplitz"}
        (I | T), with the shorter seed, or T alone. Both are universal₂.
    input_bits : int, optional
        With `bit_packed`: how many bits count; all by default.
    max_bytes : int
        Bound of the memory for the product; less of it takes longer.
    bit_packed : bool
        All bits are packed, eight to a byte.

    Returns
    -------
    ndarray of uint8, shape (output_bits,)
        Or ceil(output_bits / 8) bytes.

    Raises
    ------
    ValueError
        Lengths that do not fit.

    Notes
    -----
    T[i][j] = s[i - j + k - 1] for a seed s and k columns (H. Krawczyk, CRYPTO 1994; M. Hayashi and T. Tsurumaru, IEEE
    Trans. Inf. Theory 62 (2016) 2213). docs/amplify.md has the details.

    Examples
    --------
    >>> import numpy as np
    >>> import caligo
    >>> bits = np.ones(1000, dtype=np.uint8)
    >>> seed = caligo.fresh_seed(caligo.amplification_seed_bits(1000, 300))
    >>> caligo.amplify(bits, output_bits=300, seed=seed).shape
    (300,)
    """
    return _caligo.amplify(bits, input_bits or 0, output_bits, seed, form, max_bytes, bit_packed)


@dataclass(frozen=True)
class KeyLength:
    """How many secret bits a finite block gives.

    Attributes
    ----------
    bits : int
        Length of the key, at least 1.
    phase_error_bound : float
        What the tolerated error rate was raised to.
    deviation : float
        By how much: μ.
    asymptotic_bits : float
        What the same rates would give without end.
    epsilon_total : float
        Distance from an ideal key.
    epsilon : dict
        All its parts by name; some are parts of others.
    formula, source : str
        One line of text, and where it comes from.
    """

    bits: int
    phase_error_bound: float
    deviation: float
    asymptotic_bits: float
    epsilon_total: float
    epsilon: dict[str, float]
    formula: str
    source: str


def key_length(
    *,
    key_bits: int,
    sample_bits: int,
    tolerated_qber: float,
    leaked_bits: float,
    observed_qber: float | None = None,
    epsilon_secrecy: float = 1e-12,
    epsilon_correctness: float = 1e-12,
    epsilon_authentication: float = 0.0,
    tag_bits: float | None = None,
    preparation_quality: float = 1.0,
    formula: str = "tomamichel-2012",
) -> KeyLength:
    """The length of the key that may be taken from reconciled bits of BB84.

    Parameters
    ----------
    key_bits : int
        Reconciled bits that privacy amplification starts from.
    sample_bits : int
        Bits of the other basis that were compared openly.
    tolerated_qber : float
        The protocol stops if the sample has more errors; fixed before the run.
    leaked_bits : float
        Disclosed about the key, without the verification tags.
    observed_qber : float, optional
        Share of errors in the sample; above `tolerated_qber` there is no key.
    epsilon_secrecy, epsilon_correctness, epsilon_authentication : float
        Bounds of the failure probabilities; `verification_epsilon` gives the second.
    tag_bits : float, optional
        Bits of the verification tags; by default ceil(log2(1 / epsilon_correctness)) counts.
    preparation_quality : float
        1 for ideal BB84.
    formula : {"tomamichel-2012", "asymptotic"}
        Tomamichel, Lim, Gisin and Renner, Nature Communications 3 (2012) 634, eq. (2); or Shor and Preskill's limit.

    Returns
    -------
    KeyLength

    Raises
    ------
    ValueError
        A parameter outside its domain.
    caligo.NoKeyError
        Nothing is left; says what is missing.

    Examples
    --------
    >>> import caligo
    >>> length = caligo.key_length(key_bits=10**6, sample_bits=10**5, tolerated_qber=0.02, leaked_bits=160_000)
    >>> length.bits
    607458
    """
    return KeyLength(
        **_caligo.key_length(
            key_bits,
            sample_bits,
            tolerated_qber,
            observed_qber,
            leaked_bits,
            epsilon_secrecy,
            epsilon_correctness,
            epsilon_authentication,
            tag_bits,
            preparation_quality,
            formula,
        )
    )


def verification_epsilon(bits: int, tag_bits: int = 64) -> float:
    """The largest probability that two different blocks of so many bits have the same verification tag."""
    return _caligo.verification_epsilon(bits, tag_bits)


def one_way_efficiency_limit(bits: int, qber: float, fer: float) -> float:
    """The efficiency that no one-way code of so many bits beats by much, by the normal approximation.

    Parameters
    ----------
    bits : int
        Length of a block.
    qber : float
        Error rate.
    fer : float
        Blocks that may fail.

    Returns
    -------
    float
        (n·h₂(q) + √(n·V)·Q⁻¹(fer) - ½ log2 n)/(n·h₂(q)); NaN for an error rate of 0.

    Examples
    --------
    >>> import caligo
    >>> round(caligo.one_way_efficiency_limit(1 << 16, 0.02, 1e-3), 3)
    1.066
    """
    return _caligo.one_way_efficiency_limit(bits, qber, fer)

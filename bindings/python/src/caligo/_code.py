# SPDX-License-Identifier: Apache-2.0
"""Codes: what encoder and decoder must agree on."""

from __future__ import annotations

import math
import os
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from caligo import _caligo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class CodeSpec:
    """A polar code as an immutable value, made by `construct` or read from a file.

    The word is x = u·F^(⊗n) in natural order, without bit reversal. The code files are those of the command line
    tool, so that both can use one code.

    Examples
    --------
    >>> import caligo
    >>> code = caligo.construct(block_length=1024, message_length=512, channel="awgn-ebn0:2")
    >>> code
    CodeSpec(block_length=1024, message_length=512, crc='crc16-ccitt', channel='awgn-sigma:0.7943282347242815')
    >>> caligo.CodeSpec.from_json(code.to_json()) == code
    True
    >>> int(code.frozen_mask.sum())  # N - K - CRC bits
    496
    """

    __slots__ = ("_frozen_mask", "_spec")

    def __init__(self, spec: _caligo.CodeSpec) -> None:
        if not isinstance(spec, _caligo.CodeSpec):
            raise TypeError("make a CodeSpec with caligo.construct, CodeSpec.load or CodeSpec.from_json")
        self._spec = spec
        self._frozen_mask: npt.NDArray[np.uint8] | None = None

    @property
    def block_length(self) -> int:
        """Bits of a word that are sent: N."""
        return self._spec.block_length

    @property
    def message_length(self) -> int:
        """Bits of a message, without the CRC: K."""
        return self._spec.message_length

    @property
    def information_length(self) -> int:
        """Positions that are not frozen: K, and the CRC if it is embedded."""
        return self._spec.information_length

    @property
    def frozen_length(self) -> int:
        """Frozen positions, those of the shortened tail left out."""
        return self._spec.frozen_length

    @property
    def mother_length(self) -> int:
        """The power of two that the code was shortened from; `block_length`, if it is one."""
        return self._spec.mother_length

    @property
    def crc(self) -> str:
        """Name of the CRC, or "none"."""
        return self._spec.crc

    @property
    def crc_length(self) -> int:
        """Bits of the CRC, 0 for none."""
        return self._spec.crc_length

    @property
    def crc_placement(self) -> str:
        """Either "embedded" (behind the message), "external" (beside the word) or "none"."""
        return self._spec.crc_placement

    @property
    def method(self) -> str:
        """How the code was constructed."""
        return self._spec.method

    @property
    def channel(self) -> str:
        """The channel that it was constructed for, as in ``bsc:0.02``; empty if the method needs none."""
        return self._spec.channel

    @property
    def strong_id(self) -> str:
        """A hash of all that matters, 32 hexadecimal digits: equal codes have equal ids."""
        return self._spec.strong_id

    @property
    def frozen_mask(self) -> npt.NDArray[np.uint8]:
        """Array of uint8, shape (mother_length,), read-only: 1 = frozen."""
        if self._frozen_mask is None:
            mask = self._spec.frozen_mask()
            mask.flags.writeable = False
            self._frozen_mask = mask
        return self._frozen_mask

    def to_json(self) -> str:
        """The code as a code file: see docs/formats/code.md."""
        return self._spec.to_json()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a code file; it appears when it is complete.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        target = Path(path)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            part.write_text(self.to_json(), encoding="utf-8")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def from_json(cls, text: str, source: str = "code") -> CodeSpec:
        """Reads a code file's text. Every field is checked.

        Parameters
        ----------
        text : str
            The JSON document.
        source : str
            What errors call it.

        Raises
        ------
        ValueError
            It is no code file, or was changed.
        """
        return cls(_caligo.CodeSpec.from_json(text, source))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> CodeSpec:
        """Reads a code file, as `save` and ``caligo construct`` write them.

        Raises
        ------
        OSError
            The file cannot be read.
        ValueError
            It is no code file, or was changed.
        """
        return cls.from_json(Path(path).read_text(encoding="utf-8"), str(path))

    @classmethod
    def from_frozen_mask(
        cls, frozen_mask: npt.NDArray[np.uint8], *, crc: str = "none", crc_placement: str = "embedded", shortened: int = 0
    ) -> CodeSpec:
        """A code with a frozen set of your own.

        Parameters
        ----------
        frozen_mask : ndarray of uint8 or bool, shape (2**n,)
            1 = frozen.
        crc, crc_placement : str
            As in `construct`.
        shortened : int
            So many last code bits are zero and not sent; these positions must be frozen.

        Raises
        ------
        ValueError
            A length that is no power of two from 8 to 2**24, or no information position is left.
        """
        return cls(_caligo.code_from_frozen(frozen_mask, crc, crc_placement, shortened))

    @classmethod
    def from_order(
        cls, path: str | os.PathLike[str], *, message_length: int, crc: str = "crc16-ccitt", crc_placement: str = "embedded"
    ) -> CodeSpec:
        """A code from an order file (docs/formats/code.md): positions, most reliable first.

        Raises
        ------
        OSError
            The file cannot be read.
        ValueError
            It is no order file, or too short for the message.
        """
        text = Path(path).read_text(encoding="ascii")
        return cls(_caligo.code_from_order(text, str(path), message_length, crc, crc_placement))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CodeSpec) and self.strong_id == other.strong_id

    def __hash__(self) -> int:
        return hash(self.strong_id)

    def __repr__(self) -> str:
        return (
            f"CodeSpec(block_length={self.block_length}, message_length={self.message_length}, crc={self.crc!r}, "
            f"channel={self.channel!r})"
        )

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (CodeSpec.from_json, (self.to_json(),))


def construct(
    *,
    block_length: int,
    message_length: int,
    channel: str | None = None,
    crc: str = "crc16-ccitt",
    crc_placement: str = "embedded",
    method: str = "automatic",
    cache: str | os.PathLike[str] | None = None,
) -> CodeSpec:
    """Constructs the code whose frozen set suits a channel.

    Parameters
    ----------
    block_length : int
        Bits of a word, 8 to 2**24. If it is no power of two, the next one is shortened.
    message_length : int
        Bits of a message, without the CRC.
    channel : str, optional
        ``"bsc:0.02"`` (binary symmetric, crossover), ``"bec:0.3"`` (erasure), ``"awgn-sigma:0.8"`` (noise per real
        dimension at unit energy) or ``"awgn-ebn0:1.5"`` (dB; Eb counts message bits only). By default the BSC on
        which a code of this length and rate can just be had; see `design_crossover`.
    crc : str
        ``"none"``, ``"crc6"``, ``"crc11"``, ``"crc16-ccitt"``, ``"crc24a"``, ``"crc24b"``, ``"crc24c"``, ``"crc32"``,
        or ``"WIDTH:0xPOLY"``.
    crc_placement : {"embedded", "external"}
        Behind the message, as `PolarCodec` needs it, or beside the word.
    method : str
        ``"automatic"``, ``"density-evolution"``, ``"gaussian-approximation"``, ``"bhattacharyya"``,
        ``"polarization-weight"`` or ``"nr5g"``.
    cache : path, optional
        Where constructions are kept; by default ``$CALIGO_CACHE_DIR``, ``$XDG_CACHE_HOME/caligo`` or
        ``~/.cache/caligo``.

    Returns
    -------
    CodeSpec

    Raises
    ------
    ValueError
        A parameter outside its domain; says what was expected.
    NotImplementedError
        "nr5g" with more than 1024 bits.

    Notes
    -----
    On the BSC density evolution follows the decoder's own min-sum arithmetic exactly; on AWGN the Gaussian
    approximation is used (P. Trifonov, IEEE Trans. Commun. 60 (2012) 3221), on the BEC the Bhattacharyya parameter
    (E. Arıkan, IEEE Trans. Inf. Theory 55 (2009) 3051).

    Examples
    --------
    >>> import caligo
    >>> caligo.construct(block_length=4096, message_length=2048, channel="bsc:0.05").strong_id
    '2c11236a5f442e2e13de6573492307bd'
    """
    if channel is None:
        width = CodeSpec(_caligo.construct(64, 8, "bsc:0.1", crc, crc_placement, "polarization-weight", None)).crc_length
        channel = f"bsc:{design_crossover(block_length, message_length + width)!r}"
    directory = None if cache is None else os.fspath(cache)
    return CodeSpec(_caligo.construct(block_length, message_length, channel, crc, crc_placement, method, directory))


def design_crossover(block_length: int, information_length: int, fer: float = 1e-3) -> float:
    """The crossover at which the best codes of this length and rate lose one frame in 1/fer.

    By the normal approximation R = C - √(V/N)·Q⁻¹(fer) + log2(N)/(2N) (Y. Polyanskiy, H. V. Poor and S. Verdú, IEEE
    Trans. Inf. Theory 56 (2010) 2307, theorem 52), rounded to four digits.

    Parameters
    ----------
    block_length, information_length : int
        Bits of a word, and of message and CRC.
    fer : float
        Frame error rate.

    Returns
    -------
    float
        From 1e-5 to 0.45.

    Examples
    --------
    >>> from caligo import design_crossover
    >>> design_crossover(4096, 2064)
    0.09456
    """
    if not 0 < information_length <= block_length:
        raise ValueError(
            f"information_length: expected 1 to block_length = {block_length}, got {information_length}"
        )
    quantile = statistics.NormalDist().inv_cdf(1 - fer)
    low, high = 1e-5, 0.45
    for _ in range(60):
        q = (low + high) / 2
        capacity = 1 - _caligo.binary_entropy(q)
        dispersion = q * (1 - q) * math.log2((1 - q) / q) ** 2
        rate = capacity - math.sqrt(dispersion / block_length) * quantile + math.log2(block_length) / (2 * block_length)
        low, high = (q, high) if rate > information_length / block_length else (low, q)
    return float(f"{low:.4g}")

# SPDX-License-Identifier: Apache-2.0
"""The polar codec: encoder, syndromes, decoders for any number of threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caligo import _caligo
from caligo._code import CodeSpec, construct
from caligo.reconciliation.codecs import HardDecodeResult, SoftDecodeResult

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]
    Llrs = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class DecodeResult:
    """What `PolarCodec.decode` gave: of many frames, or of one.

    Attributes
    ----------
    decoded_message : ndarray of uint8, shape (frames, message_length)
        Or (frames, ceil(message_length / 8)) with ``bit_packed=True``; without the first axis for one frame.
    codeword : ndarray of uint8, shape (frames, block_length), or None
        Likewise; only with ``codewords=True``.
    converged : ndarray of bool, shape (frames,)
        The CRC holds; always true for a codec without CRC. Where it holds for no path of the list, the best path is
        given. A bool for one frame, and so below.
    path_metric : ndarray of float64, shape (frames,)
        Sum of \\|LLR\\| in nats over the decisions taken against their LLR; NaN where the adaptive decoder kept none.
    list_size : ndarray of uint8, shape (frames,)
        Of the decoder that found the path; with ``adaptive=True`` it tells how hard a frame was.
    """

    decoded_message: Bits
    codeword: Bits | None
    converged: Any
    path_metric: Any
    list_size: Any


class PolarCodec:
    """A polar code with its encoder and its list decoders.

    Parameters
    ----------
    block_length : int
        Bits of a word, N: 8 to 2**20 (2**24 with a list of up to 8). If it is no power of two, the next one is
        shortened.
    message_length : int
        Bits of a message, K, without the CRC.
    list_size : {1, 2, 4, 8, 16, 32}
        Paths of the decoders, unless a call says otherwise; 1 is plain successive cancellation.
    crc : str
        The CRC that picks the list entry, as in `construct`.
    channel : str, optional
        The channel to construct the code for, as in `construct`, for example ``"bsc:0.05"``. It is also where
        `decode_hard` takes the error rate from if it is given none.
    method : str
        As in `construct`.
    llr_bits : {8, 16}
        Width of the LLRs inside the list decoder. 16 bits take twice the time, and lose nothing to floating point.
    check : {"min-sum", "corrected"}
        Arithmetic of check nodes; "corrected", with 16 bits only, makes lists of long codes fail less often.

    Notes
    -----
    Conventions: LLR = ln P(bit = 0)/P(bit = 1), positive means 0. x = u·F^(⊗n) in natural order. Packed bits are
    little-endian: bit i of a row is ``(row[i // 8] >> (i % 8)) & 1``, as in
    ``numpy.packbits(bits, axis=-1, bitorder="little")``; pad bits must be zero.

    **Syndrome.** With a CRC of w bits the code has N - K parity checks. The syndrome of a word x has N - K bits: first
    u = x·F^(⊗n) on the N - K - w frozen positions, in increasing index, then the w bits in which the CRC of the
    message differs from what u has at its place. `encode` without frozen values gives words of syndrome 0; message
    and syndrome together determine every word. All of a syndrome is disclosed, so its length is the leakage.

    **Threads.** All methods release the global interpreter lock while they compute, and any number of threads may use
    one codec. Each call borrows a decoder from a pool, which keeps no more of them than the machine has processors.

    **Errors.** ``ValueError`` for shapes, NaN and infinities, values that are no bits, list sizes; ``TypeError`` for
    dtypes.

    Examples
    --------
    Reconciliation of a random word over a channel that flips 2 % of the bits:

    >>> import numpy as np
    >>> import caligo
    >>> codec = caligo.PolarCodec(block_length=1024, message_length=640, channel="bsc:0.03")
    >>> rng = np.random.default_rng(1)
    >>> alice = rng.integers(0, 2, 1024, dtype=np.uint8)
    >>> bob = alice ^ (rng.random(1024) < 0.02).astype(np.uint8)
    >>> syndrome = codec.compute_syndrome(alice)  # what Alice sends, 384 bits
    >>> result = codec.decode_hard(bob, syndrome=syndrome, qber=0.02)
    >>> result.converged, bool(np.array_equal(result.codeword, alice))
    (True, True)

    References
    ----------
    E. Arıkan, IEEE Trans. Inf. Theory 55 (2009) 3051; I. Tal and A. Vardy, IEEE Trans. Inf. Theory 61 (2015) 2213.
    """

    __slots__ = ("_codec", "_spec", "_settings", "_qber", "__weakref__")

    def __init__(
        self,
        *,
        block_length: int,
        message_length: int,
        list_size: int = 8,
        crc: str = "crc16-ccitt",
        channel: str | None = None,
        method: str = "automatic",
        llr_bits: int = 8,
        check: str = "min-sum",
    ) -> None:
        code = construct(
            block_length=block_length, message_length=message_length, channel=channel, crc=crc, method=method
        )
        self._set_up(code, list_size, llr_bits, check)

    @classmethod
    def from_code(
        cls, code: CodeSpec, *, list_size: int = 8, llr_bits: int = 8, check: str = "min-sum"
    ) -> PolarCodec:
        """The codec of a code that exists, for example of a code file.

        Parameters
        ----------
        code : CodeSpec
            Its CRC is embedded, or it has none.
        list_size, llr_bits, check
            As in the constructor.

        Examples
        --------
        >>> import caligo
        >>> code = caligo.construct(block_length=256, message_length=128, channel="awgn-ebn0:3")
        >>> caligo.PolarCodec.from_code(code, list_size=4)
        PolarCodec(block_length=256, message_length=128, list_size=4, crc='crc16-ccitt')
        """
        codec = cls.__new__(cls)
        codec._set_up(code, list_size, llr_bits, check)
        return codec

    def _set_up(self, code: CodeSpec, list_size: int, llr_bits: int, check: str) -> None:
        self._spec = code
        self._settings = (list_size, llr_bits, check)
        self._codec = _caligo.Codec(code._spec, list_size, llr_bits, check)
        kind, _, value = code.channel.partition(":")
        self._qber = float(value) if kind == "bsc" else 0.05

    @property
    def block_length(self) -> int:
        """Bits of a word: N."""
        return self._spec.block_length

    @property
    def message_length(self) -> int:
        """Bits of a message, without the CRC: K."""
        return self._spec.message_length

    @property
    def rate(self) -> float:
        """K/N."""
        return self._spec.message_length / self._spec.block_length

    @property
    def crc_length(self) -> int:
        """Bits of the CRC; 0 if there is none."""
        return self._codec.crc_length

    @property
    def syndrome_length(self) -> int:
        """Bits of a syndrome: N - K."""
        return self._codec.syndrome_length

    @property
    def list_size(self) -> int:
        """Paths of the decoders, unless a call says otherwise."""
        return self._codec.list_size

    @property
    def code(self) -> CodeSpec:
        """The code."""
        return self._spec

    def decoder_bytes(self, list_size: int | None = None) -> int:
        """Memory that a list decoder of one thread takes, in bytes."""
        return self._codec.decoder_bytes(self.list_size if list_size is None else list_size)

    def encode(
        self,
        message: Bits,
        *,
        frozen_values: Bits | None = None,
        bit_packed: bool = False,
        out: Bits | None = None,
    ) -> Bits:
        """Encodes messages.

        Parameters
        ----------
        message : ndarray of uint8 or bool, shape (message_length,) or (frames, message_length)
            With `bit_packed` rows of ceil(message_length / 8) bytes.
        frozen_values : ndarray of uint8 or bool, optional
            The coset, for all frames or one row for each: a syndrome of N - K bits, or only its N - K - w frozen
            values. By default the syndrome is zero.
        bit_packed : bool
            All bits are packed, eight to a byte.
        out : ndarray of uint8, optional
            Where the result goes.

        Returns
        -------
        ndarray of uint8, shape (block_length,) or (frames, block_length)
            Or rows of ceil(block_length / 8) bytes.

        Examples
        --------
        >>> import numpy as np
        >>> import caligo
        >>> codec = caligo.PolarCodec(block_length=8, message_length=4, crc="none", channel="bec:0.5")
        >>> codec.encode(np.array([[1, 0, 0, 0], [0, 0, 0, 1]], dtype=np.uint8))
        array([[1, 1, 1, 1, 0, 0, 0, 0],
               [1, 1, 1, 1, 1, 1, 1, 1]], dtype=uint8)
        """
        return self._codec.encode(message, frozen_values, bit_packed, out)

    def compute_syndrome(self, codeword: Bits, *, bit_packed: bool = False, out: Bits | None = None) -> Bits:
        """The syndrome of any word, of the code or not: what Alice discloses.

        Parameters
        ----------
        codeword : ndarray of uint8 or bool, shape (block_length,) or (frames, block_length)
            With `bit_packed` rows of ceil(block_length / 8) bytes.
        bit_packed : bool
            All bits are packed, eight to a byte.
        out : ndarray of uint8, optional
            Where the result goes.

        Returns
        -------
        ndarray of uint8, shape (syndrome_length,) or (frames, syndrome_length)
            Frozen values, then the CRC's bits (see the notes of the class).

        Examples
        --------
        >>> import numpy as np
        >>> import caligo
        >>> codec = caligo.PolarCodec(block_length=64, message_length=24)
        >>> word = codec.encode(np.ones(24, dtype=np.uint8))
        >>> int(codec.compute_syndrome(word).sum()), codec.syndrome_length
        (0, 40)
        """
        return self._codec.compute_syndrome(codeword, bit_packed, out)

    def extract_message(self, codeword: Bits, *, bit_packed: bool = False, out: Bits | None = None) -> Bits:
        """The message of words that have no errors: the inverse of `encode`.

        Parameters
        ----------
        codeword, bit_packed, out
            As in `compute_syndrome`.

        Returns
        -------
        ndarray of uint8, shape (message_length,) or (frames, message_length)
            Neither frozen values nor the CRC are looked at.
        """
        return self._codec.extract_message(codeword, bit_packed, out)

    def decode_hard(
        self,
        received: Bits,
        *,
        syndrome: Bits | None = None,
        qber: float | None = None,
        list_size: int | None = None,
        max_iterations: int = 60,
    ) -> HardDecodeResult:
        """Corrects a word that went through a binary symmetric channel.

        Parameters
        ----------
        received : ndarray of uint8, shape (block_length,)
            The word with errors.
        syndrome : ndarray of uint8, shape (syndrome_length,), optional
            Of the word that was sent; zero by default. The N - K - w frozen values alone will do if its CRC holds.
        qber : float, optional
            Probability that a bit is wrong, 0 to 0.5. Decisions do not depend on it, as all LLRs have one magnitude;
            only the unit of `path_metric` does. By default that of the channel that the code was made for.
        list_size : {1, 2, 4, 8, 16, 32}, optional
            Paths; by default those of the codec.
        max_iterations : int
            For iterative codecs; has no effect here.

        Returns
        -------
        HardDecodeResult

        Raises
        ------
        ValueError, TypeError
            See the notes of the class.
        """
        return self._codec.decode_hard(
            received, syndrome, self._qber if qber is None else qber, list_size, max_iterations
        )

    def decode_soft(
        self,
        llr_channel: Llrs,
        *,
        llr_prior: Llrs | None = None,
        syndrome: Bits | None = None,
        list_size: int | None = None,
        max_iterations: int = 60,
        max_log: bool = False,
    ) -> SoftDecodeResult:
        """Decodes one frame of LLRs, and says what the code adds to them.

        Parameters
        ----------
        llr_channel : ndarray of float32, shape (block_length,)
            LLRs of the channel in nats; positive means 0. Finite; certain bits are well described by ±500.
        llr_prior : ndarray of float32, shape (block_length,), optional
            What other decoders say, in nats.
        syndrome, list_size, max_iterations
            As in `decode_hard`.
        max_log : bool
            Faster arithmetic that underestimates what lies outside the list.

        Returns
        -------
        SoftDecodeResult

        Raises
        ------
        ValueError, TypeError
            See the notes of the class. Also if the decoder would need more than 128 MB: N may be 2**19 with 32
            paths, 2**20 with 16, 2**21 with 8.

        Notes
        -----
        SO-SCL (P. Yuan, K. R. Duffy and M. Médard, arXiv:2412.03623), in floating point: slower than `decode`, which
        is the one to take where no soft output is wanted.

        Examples
        --------
        >>> import numpy as np
        >>> import caligo
        >>> codec = caligo.PolarCodec(block_length=256, message_length=100, channel="bsc:0.05")
        >>> word = codec.encode(np.zeros(100, dtype=np.uint8))
        >>> llr = (1 - 2.0 * word).astype(np.float32) * np.float32(np.log(0.95 / 0.05))
        >>> llr[:8] *= -1  # errors
        >>> result = codec.decode_soft(llr)
        >>> result.converged, result.llr_extrinsic.dtype, bool((result.llr_extrinsic > 0).all())
        (True, dtype('float32'), True)
        """
        return self._codec.decode_soft(llr_channel, llr_prior, syndrome, list_size, max_iterations, max_log)

    def decode(
        self,
        llr: Llrs,
        *,
        syndrome: Bits | None = None,
        list_size: int | None = None,
        adaptive: bool = False,
        scale: float | None = None,
        bit_packed: bool = False,
        codewords: bool = False,
        out: Bits | None = None,
    ) -> DecodeResult:
        """Decodes many frames, in integer arithmetic.

        Parameters
        ----------
        llr : ndarray of float32, float64, int8 or int16, shape (frames, block_length) or (block_length,)
            ``llr[f, i]`` belongs to bit i of frame f; positive means 0. Floating-point LLRs are nats, and finite.
            C-contiguous arrays are read where they lie (float64 is rounded to float32 row by row).
        syndrome : ndarray of uint8 or bool, optional
            For all frames, shape (syndrome_length,), or one row for each. Packed, if `bit_packed`.
        list_size : {1, 2, 4, 8, 16, 32}, optional
            Paths; by default those of the codec.
        adaptive : bool
            Successive cancellation first, on 64 frames at once, then longer lists only for frames whose CRC fails.
            Much faster where most frames are easy. Needs a CRC.
        scale : float, optional
            Of integer LLRs: how many units make a nat. int8 LLRs are what the decoder works on, and are taken as they
            are. Of floating-point ones: the resolution inside, in units per nat; the default suits AWGN channels.
        bit_packed : bool
            Bits are packed, eight to a byte.
        codewords : bool
            Return code words, too.
        out : ndarray of uint8, shape as decoded_message, optional
            Where the messages go.

        Returns
        -------
        DecodeResult

        Raises
        ------
        ValueError, TypeError
            See the notes of the class.

        Examples
        --------
        >>> import numpy as np
        >>> import caligo
        >>> codec = caligo.PolarCodec(block_length=1024, message_length=512, channel="awgn-ebn0:2")
        >>> rng = np.random.default_rng(7)
        >>> messages = rng.integers(0, 2, (100, 512), dtype=np.uint8)
        >>> sigma = 10 ** (-3 / 20)  # Eb/N0 = 3 dB at rate 1/2
        >>> received = 1 - 2.0 * codec.encode(messages) + sigma * rng.standard_normal((100, 1024))
        >>> result = codec.decode((2 / sigma**2 * received).astype(np.float32))
        >>> result.decoded_message.shape, int(result.converged.sum())
        ((100, 512), 100)
        >>> bool(np.array_equal(result.decoded_message, messages))
        True
        """
        return self._codec.decode(llr, syndrome, list_size, adaptive, scale, bit_packed, codewords, out)

    def soft_decode(
        self,
        llr_channel: Llrs,
        *,
        llr_prior: Llrs | None = None,
        syndrome: Bits | None = None,
        list_size: int | None = None,
        bit_packed: bool = False,
        max_log: bool = False,
        out: Llrs | None = None,
    ) -> SoftDecodeResult:
        """As `decode_soft`, for many frames.

        Parameters
        ----------
        llr_channel : ndarray of float32 or float64, shape (frames, block_length)
            LLRs of the channel in nats; positive means 0.
        llr_prior : ndarray of float32 or float64, shape (frames, block_length), optional
            What other decoders say, in nats.
        syndrome : ndarray of uint8 or bool, optional
            For all frames, or one row for each.
        list_size, max_log
            As in `decode_soft`.
        bit_packed : bool
            All bits are packed, eight to a byte.
        out : ndarray of float32, shape (frames, block_length), optional
            Where the extrinsic LLRs go; may be `llr_prior` or `llr_channel` itself.

        Returns
        -------
        SoftDecodeResult
            Its arrays have a first axis of `frames`.
        """
        return self._codec.soft_decode(llr_channel, llr_prior, syndrome, list_size, bit_packed, max_log, out)

    def __repr__(self) -> str:
        return (
            f"PolarCodec(block_length={self.block_length}, message_length={self.message_length}, "
            f"list_size={self.list_size}, crc={self._spec.crc!r})"
        )

    def __reduce__(self) -> tuple[object, tuple[CodeSpec, int, int, str]]:
        return (_restore, (self._spec, *self._settings))


def _restore(code: CodeSpec, list_size: int, llr_bits: int, check: str) -> PolarCodec:
    return PolarCodec.from_code(code, list_size=list_size, llr_bits=llr_bits, check=check)


_caligo.register_results(HardDecodeResult, SoftDecodeResult, DecodeResult)

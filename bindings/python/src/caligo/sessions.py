# SPDX-License-Identifier: Apache-2.0
"""Reconciliation between two parties: state machines that exchange frames of bytes, for any wire.

A session never waits: the caller carries what `AliceSession.next_frame` gives to `BobSession.receive`, and back. Frames
may be lost, repeated, reordered or damaged on the way; a damaged one is refused with a ``ValueError`` and changes
nothing. They are not authenticated: put `caligo.WegmanCarter` around them where an adversary may write.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caligo import _caligo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]

__all__ = ["AliceSession", "BobSession", "CodeBook", "Leakage", "SessionBlock", "SessionSettings", "peek_session"]


@dataclass(frozen=True, kw_only=True)
class SessionSettings:
    """What both sides agree on. Alice proposes, Bob compares; a difference ends in one error that names it.

    Attributes
    ----------
    session_id : int
        Tells the sessions of one wire apart; both sides know it beforehand, and it should never be used again.
    mode : {"one-way", "blind", "interactive"}
        One disclosure per block; or Bob asks for more where his decoder gets lost; or Cascade. See docs/reconcile.md.
    verdicts : {"each-block", "at-end"}
        When Bob tells which blocks were verified. "at-end" needs `qber`; until then nothing but receipts flows back,
        as oblivious transfer demands.
    max_log2_block : int
        Blocks of at most 2**this bits, 6 to 24.
    list_size : {1, 2, 4, 8, 16, 32}
        Paths of the decoder.
    target_fer : float
        One-way: failure rate that codes are chosen for, 1e-4 to 0.5.
    tag_bits : int
        Of a verification tag, 32 to 64.
    crc : str, optional
        Picks the list entry. By default "crc16-ccitt", or "crc24a" in blind mode, or none where there is no list.
    qber : float, optional
        Probability that a bit differs, which codes are chosen for. Without it a sample is compared openly first.
    sample_bits : int
        Positions of the sample; needed if, and only if, `qber` is not given.
    boldness : float
        Blind: how little is disclosed at first, 0.01 to 100.
    breadth : int
        Interactive: longer searches at once.
    max_rounds : int
        Questions about one block at most.
    window : int
        Blocks in flight, 1 to 1024.
    max_frame : int
        Bytes of a frame at most, 256 to 2**20.
    max_codes : int
        Different codes of one length that Alice may ask Bob to build.
    simulation_seed : int, optional
        Reproducible keys and samples: never for real keys. By default from the operating system.
    """

    session_id: int
    mode: str = "one-way"
    verdicts: str = "each-block"
    max_log2_block: int = 16
    list_size: int = 8
    target_fer: float = 1e-2
    tag_bits: int = 64
    crc: str | None = None
    qber: float | None = None
    sample_bits: int = 0
    boldness: float = 1.0
    breadth: int = 2
    max_rounds: int = 1024
    window: int = 8
    max_frame: int = 61440
    max_codes: int = 64
    simulation_seed: int | None = None

    @classmethod
    def preset(cls, mode: str, preset: str = "balanced", *, bits: int, **changes: Any) -> SessionSettings:
        """Settings for an input of so many bits; `qber` or `sample_bits` is still to be set.

        Parameters
        ----------
        mode : {"one-way", "blind", "interactive"}
            See the class.
        preset : {"fast", "balanced", "best"}
            How much is spent to disclose less: those of ``caligo reconcile``.
        bits : int
            Length of the input.
        **changes
            Other fields; `session_id` is drawn at random unless given.
        """
        chosen = _preset(mode, preset, bits)
        return cls(**{"session_id": secrets.randbits(64), "mode": mode, **chosen, **changes})

    @property
    def crc_name(self) -> str:
        """`crc`, or what it is by default."""
        if self.crc is not None:
            return self.crc
        if self.mode == "blind":
            return "crc24a"
        return "none" if self.mode == "interactive" or self.list_size == 1 else "crc16-ccitt"


def _preset(mode: str, preset: str, bits: int) -> dict[str, Any]:
    """What differs from the defaults. A long block is worth more than a long list, where there are as many bits."""
    if mode not in ("one-way", "blind", "interactive"):
        raise ValueError(f"mode: expected 'one-way', 'blind' or 'interactive', got {mode!r}")
    if preset not in ("fast", "balanced", "best"):
        raise ValueError(f"preset: expected 'fast', 'balanced' or 'best', got {preset!r}")
    if mode == "interactive":
        return {"max_log2_block": 18 if preset == "fast" else 20, "breadth": 0 if preset == "best" else 2}
    is_long = bits >= 1 << 22
    if mode == "one-way":
        if preset == "best" and is_long:
            return {"max_log2_block": 22, "list_size": 8}
        return {"max_log2_block": 20, "list_size": 4 if preset == "fast" else 32}
    boldness = {"fast": 1.0, "balanced": 2.0, "best": 4.0}[preset]
    if preset == "best":
        return {"max_log2_block": 22 if is_long else 20, "list_size": 8 if is_long else 32, "boldness": boldness}
    return {"max_log2_block": 20, "list_size": 8, "boldness": boldness}


@dataclass(frozen=True)
class Leakage:
    """Bits disclosed on the public channel, by purpose; all of them count, also for blocks that fail.

    Attributes
    ----------
    frozen : int
        Values of u on the frozen positions.
    crc : int
        Checksums that pick the list entry.
    tag : int
        Verification tags.
    sample : int
        Bits shown to estimate the error rate.
    feedback : int
        Error counts that Bob reports.
    questions : int
        What Alice answers when Bob asks.
    total : int
        The sum.
    """

    frozen: int
    crc: int
    tag: int
    sample: int
    feedback: int
    questions: int
    total: int


@dataclass(frozen=True)
class SessionBlock:
    """One block of a session.

    Attributes
    ----------
    outcome : {"open", "verified", "failed", "lost"}
        Only verified blocks are key.
    bits, key_bits : int
        Length, and how much of it was verified.
    rounds : int
        Questions about the block.
    errors : int
        Bits that were corrected, as far as this side knows.
    leaked : int
        Bits that this side disclosed about the block.
    """

    outcome: str
    bits: int
    key_bits: int
    rounds: int
    errors: int
    leaked: int


class CodeBook:
    """Codes and decoders that any number of sessions of one process share, in any thread.

    Parameters
    ----------
    cache : path, optional
        Where constructions are kept, as in `caligo.construct`.
    decoders : int
        How many decoders wait for their next block at most, of each mode.
    """

    __slots__ = ("_book",)

    def __init__(self, *, cache: str | os.PathLike[str] | None = None, decoders: int = 8) -> None:
        self._book = _caligo.CodeBook(None if cache is None else os.fspath(cache), decoders)


class _Session:
    """What both sides have."""

    __slots__ = ("_session", "_settings")
    _session: Any
    _settings: SessionSettings

    @property
    def settings(self) -> SessionSettings:
        """As given."""
        return self._settings

    def receive(self, frame: bytes | bytearray | memoryview) -> None:
        """Takes a frame of the other side.

        Raises
        ------
        ValueError
            It was refused, nothing has changed, and `statistics` counts it.
        """
        self._session.receive(frame)

    def next_frame(self) -> bytes | None:
        """The next frame to send; None if there is none now."""
        return self._session.next_frame()

    def work(self) -> bool:
        """Does one piece of work, for example decodes a block. False if there is none."""
        return self._session.work()

    def on_timeout(self) -> None:
        """The caller waited long enough: what was not answered will be sent again."""
        self._session.on_timeout()

    @property
    def status(self) -> str:
        """One of "negotiating", "running", "finished" and "failed"."""
        return self._session.status

    @property
    def finished(self) -> bool:
        """Both sides know which blocks are key."""
        return self.status == "finished"

    @property
    def error(self) -> str | None:
        """Why the session failed, or why its last blocks were abandoned."""
        return self._session.error

    @property
    def blocks(self) -> list[SessionBlock]:
        """All blocks so far."""
        return [SessionBlock(**block) for block in self._session.blocks()]

    @property
    def leaked(self) -> Leakage:
        """Everything that this side disclosed. The session's leakage is the sum of both sides'."""
        return Leakage(**self._session.leaked())

    @property
    def statistics(self) -> dict[str, Any]:
        """Frames and bytes sent and accepted, and how many were refused for what."""
        return self._session.statistics()

    def key(self, *, bit_packed: bool = False) -> Bits:
        """The verified blocks, one after the other; empty unless `finished`.

        Parameters
        ----------
        bit_packed : bool
            Packed, eight bits to a byte.

        Returns
        -------
        ndarray of uint8, shape (bits,)
        """
        return self._session.key(bit_packed)


class AliceSession(_Session):
    """Alice: she discloses.

    Parameters
    ----------
    settings : SessionSettings
        The same on both sides.
    bits : ndarray of uint8 or bool, shape (bits,)
        Her bits, 64 or more; copied.
    bit_packed : bool
        `bits` are bytes of eight bits.
    codes : CodeBook, optional
        Shared codes.

    Raises
    ------
    ValueError
        A setting outside its domain, or bits that are none.
    caligo.NoKeyError
        The error rate leaves no key.

    Examples
    --------
    Both sides in one program; in between could be any wire:

    >>> import numpy as np
    >>> import caligo
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(0, 2, 20000, dtype=np.uint8)
    >>> y = x ^ (rng.random(20000) < 0.02).astype(np.uint8)
    >>> settings = caligo.SessionSettings(session_id=1, qber=0.02, simulation_seed=1)
    >>> alice, bob = caligo.AliceSession(settings, x), caligo.BobSession(settings, y)
    >>> while not (alice.finished and bob.finished):
    ...     while alice.work() or bob.work():
    ...         pass
    ...     while (frame := alice.next_frame()) is not None:
    ...         bob.receive(frame)
    ...     while (frame := bob.next_frame()) is not None:
    ...         alice.receive(frame)
    >>> bool(np.array_equal(alice.key(), bob.key())), alice.key().size
    (True, 20000)
    >>> alice.leaked.total + bob.leaked.total < 0.25 * 20000
    True
    """

    __slots__ = ()

    def __init__(
        self, settings: SessionSettings, bits: Bits, *, bit_packed: bool = False, codes: CodeBook | None = None
    ) -> None:
        self._settings = settings
        self._session = _caligo.AliceSession(settings, bits, bit_packed, None if codes is None else codes._book)

    def abandon(self) -> None:
        """Gives up what is not decided: those blocks are lost, and Bob is told."""
        self._session.abandon()


class DecodeJob:
    """One block to decode, taken out of a `BobSession`."""

    __slots__ = ("_job",)

    def __init__(self, job: Any) -> None:
        self._job = job

    def run(self) -> None:
        """Decodes, in any thread, once."""
        self._job.run()


class BobSession(_Session):
    """Bob: he corrects.

    Parameters
    ----------
    settings, bits, bit_packed, codes
        As for `AliceSession`; as many bits as Alice has.

    Notes
    -----
    `work` decodes in the thread that calls it. With threads of your own take `take_job`, run the job there, and give
    it back to `complete`.
    """

    __slots__ = ()

    def __init__(
        self, settings: SessionSettings, bits: Bits, *, bit_packed: bool = False, codes: CodeBook | None = None
    ) -> None:
        self._settings = settings
        self._session = _caligo.BobSession(settings, bits, bit_packed, None if codes is None else codes._book)

    def take_job(self) -> DecodeJob | None:
        """A block that is ready to be decoded, or None."""
        job = self._session.take_job()
        return None if job is None else DecodeJob(job)

    def complete(self, job: DecodeJob) -> None:
        """Gives a job back that has run."""
        self._session.complete(job._job)

    @property
    def epsilon(self) -> float:
        """Bound of the probability that the two keys differ although all tags agree."""
        return self._session.epsilon


def peek_session(frame: bytes | bytearray | memoryview) -> int | None:
    """The session that a frame says it belongs to, so that one wire can carry many; None if it is no frame."""
    return _caligo.peek_session(frame)

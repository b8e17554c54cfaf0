# SPDX-License-Identifier: Apache-2.0
"""Both sides of a session in one process."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from caligo import _caligo
from caligo.errors import CaligoError
from caligo.sessions import AliceSession, BobSession, CodeBook, Leakage, SessionBlock, SessionSettings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]

# From so many bits on a sample is worth its price; below, a link that runs on knows its error rate anyway.
SAMPLE_FROM_BITS = 1 << 22
SAMPLE_BITS = 4096


@dataclass(frozen=True, eq=False)
class ReconcileResult:
    """What `reconcile` did.

    Attributes
    ----------
    key : ndarray of uint8, shape (key_bits,)
        The verified blocks, one after the other; packed, if the input was.
    bits, key_bits : int
        Bits that came in, and that were verified.
    errors : int
        Bits in which the two copies differ; known because both are here.
    qber : float
        errors / bits.
    undetected_errors : int
        Verified bits that differ all the same.
    blocks : list of SessionBlock
        As Bob knows them.
    failed_blocks : int
        Those of them that were not verified; what they disclosed counts.
    leaked : Leakage
        Everything that either side disclosed.
    efficiency : float
        leaked.total / (bits·h₂(qber)): 1 is Shannon's limit. NaN without errors.
    rounds_mean : float
        Questions per block.
    epsilon : float
        Bound of the probability that the keys differ unnoticed.
    frames, bytes : int
        What passed between the sides.
    seconds : float
        Wall time.
    settings : SessionSettings
        What the sides agreed on.
    """

    key: Bits
    bits: int
    key_bits: int
    errors: int
    qber: float
    undetected_errors: int
    blocks: list[SessionBlock]
    failed_blocks: int
    leaked: Leakage
    efficiency: float
    rounds_mean: float
    epsilon: float
    frames: int
    bytes: int
    seconds: float
    settings: SessionSettings


def reconcile(
    alice: Bits,
    bob: Bits,
    *,
    mode: str = "one-way",
    preset: str = "balanced",
    qber: float | None = None,
    threads: int = 1,
    bit_packed: bool = False,
    simulation_seed: int | None = None,
    codes: CodeBook | None = None,
    **changes: Any,
) -> ReconcileResult:
    """Reconciles two copies of a bit string: a whole session, both sides in this process.

    Parameters
    ----------
    alice, bob : ndarray of uint8 or bool, shape (bits,)
        The two copies. With `bit_packed`, bytes of eight bits.
    mode : {"one-way", "blind", "interactive"}
        See `SessionSettings`.
    preset : {"fast", "balanced", "best"}
        How much is spent to disclose less.
    qber : float, optional
        Error rate to choose codes for. By default it is measured: from 2**22 bits on from a sample that is disclosed,
        below over both copies, as a link that runs on knows it from its earlier blocks.
    threads : int
        Blocks that are decoded at once.
    bit_packed : bool
        Bits are packed, eight to a byte; the key is, too.
    simulation_seed : int, optional
        Reproducible; never for real keys.
    codes : CodeBook, optional
        Codes and decoders to share with other calls.
    **changes
        Other fields of `SessionSettings`, for example ``list_size=8``.

    Returns
    -------
    ReconcileResult

    Raises
    ------
    ValueError, TypeError
        Wrong arguments.
    caligo.NoKeyError
        The error rate leaves no key.
    caligo.CaligoError
        The session failed; says why.

    Examples
    --------
    >>> import numpy as np
    >>> import caligo
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(0, 2, 1 << 16, dtype=np.uint8)
    >>> y = x ^ (rng.random(1 << 16) < 0.02).astype(np.uint8)
    >>> result = caligo.reconcile(x, y, mode="blind", simulation_seed=1)
    >>> result.key_bits, result.undetected_errors, bool(np.array_equal(result.key, x))
    (65536, 0, True)
    >>> 1 < result.efficiency < 1.3
    True
    """
    start = time.perf_counter()
    bits, errors = _caligo.compare(alice, bob, bit_packed)
    settings = SessionSettings.preset(mode, preset, bits=bits, simulation_seed=simulation_seed)
    if qber is None and bits >= SAMPLE_FROM_BITS:
        settings = replace(settings, sample_bits=SAMPLE_BITS)
    else:
        settings = replace(settings, qber=errors / bits if qber is None else qber)
    settings = replace(settings, **changes)
    book = codes or CodeBook(decoders=max(8, settings.window))
    sides = (
        AliceSession(settings, alice, bit_packed=bit_packed, codes=book),
        BobSession(settings, bob, bit_packed=bit_packed, codes=book),
    )
    run_session(*sides, threads=threads)
    return _account(*sides, bits, errors, bit_packed, time.perf_counter() - start)


def run_session(alice: AliceSession, bob: BobSession, *, threads: int = 1) -> None:
    """Carries frames between two sessions of this process until both are finished.

    Raises
    ------
    caligo.CaligoError
        One of them failed.
    """
    if threads < 1:
        raise ValueError(f"threads: expected 1 or more, got {threads}")
    with ThreadPoolExecutor(threads) if threads > 1 else _NoPool() as pool:
        while not (alice.finished and bob.finished):
            busy = _carry(alice, bob)
            while alice.work():
                busy = True
            busy = _decode(bob, pool) or busy
            for side in (alice, bob):
                if side.status == "failed":
                    raise CaligoError(f"the session failed: {side.error}")
            if not busy:  # a frame was refused for lack of room
                alice.on_timeout()
                bob.on_timeout()


class _NoPool:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _carry(alice: AliceSession, bob: BobSession) -> bool:
    busy = False
    while (frame := alice.next_frame()) is not None:
        bob.receive(frame)
        busy = True
    while (frame := bob.next_frame()) is not None:
        alice.receive(frame)
        busy = True
    return busy


def _decode(bob: BobSession, pool: ThreadPoolExecutor | None) -> bool:
    if pool is None:
        return bob.work()
    jobs = []
    while (job := bob.take_job()) is not None:
        jobs.append((job, pool.submit(job.run)))
    for job, future in jobs:
        future.result()
        bob.complete(job)
    return bool(jobs)


def _account(
    alice: AliceSession, bob: BobSession, bits: int, errors: int, bit_packed: bool, seconds: float
) -> ReconcileResult:
    key, blocks = alice.key(bit_packed=bit_packed), bob.blocks
    key_bits, undetected = _caligo.compare(alice.key(), bob.key(), False) if key.size else (0, 0)
    ours, theirs = alice.leaked, bob.leaked
    leaked = Leakage(*(getattr(ours, name) + getattr(theirs, name) for name in ours.__dataclass_fields__))
    entropy = _caligo.binary_entropy(errors / bits)
    sent = (alice.statistics, bob.statistics)
    return ReconcileResult(
        key=key,
        bits=bits,
        key_bits=key_bits,
        errors=errors,
        qber=errors / bits,
        undetected_errors=undetected,
        blocks=blocks,
        failed_blocks=sum(block.outcome != "verified" for block in blocks),
        leaked=leaked,
        efficiency=leaked.total / (bits * entropy) if entropy > 0 else float("nan"),
        rounds_mean=sum(block.rounds for block in blocks) / max(len(blocks), 1),
        epsilon=bob.epsilon,
        frames=sum(side["frames_sent"] for side in sent),
        bytes=sum(side["bytes_sent"] for side in sent),
        seconds=seconds,
        settings=alice.settings,
    )

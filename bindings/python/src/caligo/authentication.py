# SPDX-License-Identifier: Apache-2.0
"""Authentication of frames: a pool of secret bits that both sides hold, and tags made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caligo import _caligo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]

__all__ = ["HmacSha256", "KeyPool", "WegmanCarter"]


class KeyPool:
    """Secret bits that both sides share, by direction. Each is handed out once at most, and wiped in that moment.

    Parameters
    ----------
    alice_to_bob, bob_to_alice : ndarray of uint8 or bool, shape (bits,)
        The bits of either direction; the same on both sides. With `bit_packed`, bytes.
    epsilon : float
        Distance of these bits from uniform ones that nobody else knows; 0 for keys that were carried.
    bit_packed : bool
        Bits are packed, eight to a byte.
    """

    __slots__ = ("_pool",)

    def __init__(
        self, alice_to_bob: Bits, bob_to_alice: Bits, *, epsilon: float = 0.0, bit_packed: bool = False
    ) -> None:
        self._pool = _caligo.KeyPool(alice_to_bob, bob_to_alice, epsilon, bit_packed)

    def replenish(self, direction: str, key: Bits, *, epsilon: float, bit_packed: bool = False) -> None:
        """Appends bits of a key that the protocol made; both sides append the same.

        Parameters
        ----------
        direction : {"alice-to-bob", "bob-to-alice"}
            Whose frames they will authenticate.
        key : ndarray of uint8 or bool, shape (bits,)
            Or bytes, with `bit_packed`.
        epsilon : float
            `KeyLength.epsilon_total` of that key.
        bit_packed : bool
            Bits are packed, eight to a byte.
        """
        self._pool.replenish(direction, key, epsilon, bit_packed)

    def consumed(self, direction: str) -> int:
        """Bits of a direction handed out or skipped so far."""
        return self._pool.consumed(direction)

    def remaining(self, direction: str) -> int:
        """Bits of a direction that are left."""
        return self._pool.remaining(direction)

    @property
    def epsilon(self) -> float:
        """Sum over everything that came in."""
        return self._pool.epsilon


class _Authenticator:
    __slots__ = ("_method",)
    _method: Any

    def seal(self, frame: bytes | bytearray | memoryview) -> bytes:
        """The tag of a frame that this side sends: 8 bytes of counter, then the tag.

        Raises
        ------
        caligo.KeyExhaustedError
            The pool has not enough bits left.
        """
        return self._method.seal(frame)

    def open(self, frame: bytes | bytearray | memoryview, tag: bytes | bytearray | memoryview) -> None:
        """Checks a frame that came, in constant time; every one is accepted once, and only in order.

        Raises
        ------
        caligo.NotAuthenticError
            The tag is wrong, or the frame came before.
        caligo.KeyExhaustedError
            The pool has not enough bits left.
        """
        self._method.open(frame, tag)

    @property
    def counter(self) -> int:
        """Counter of the next frame."""
        return self._method.counter


class WegmanCarter(_Authenticator):
    """Information-theoretic tags of 64 bits, encrypted with a one-time pad.

    Parameters
    ----------
    pool : KeyPool
        It gives a hash key of 384 bits, and 64 bits for each frame.
    direction : {"alice-to-bob", "bob-to-alice"}
        A side has one object for each: to seal its own frames, and to open the other's.

    Notes
    -----
    M. N. Wegman and J. L. Carter, J. Comput. Syst. Sci. 22 (1981) 265; docs/authenticate.md has the bounds.

    Examples
    --------
    >>> import numpy as np
    >>> import caligo
    >>> bits = np.random.default_rng(1).integers(0, 2, (2, 4096), dtype=np.uint8)  # for real: carried, and secret
    >>> alice = caligo.WegmanCarter(caligo.KeyPool(*bits), "alice-to-bob")
    >>> bob = caligo.WegmanCarter(caligo.KeyPool(*bits), "alice-to-bob")
    >>> tag = alice.seal(b"a frame")
    >>> bob.open(b"a frame", tag)
    >>> bob.open(b"a frame", tag)
    Traceback (most recent call last):
    caligo.errors.NotAuthenticError: ...
    """

    __slots__ = ()

    def __init__(self, pool: KeyPool, direction: str) -> None:
        self._method = _caligo.WegmanCarter(pool._pool, direction)

    @property
    def epsilon(self) -> float:
        """Bound of the probability that one of all frames so far was forged."""
        return self._method.epsilon


class HmacSha256(_Authenticator):
    """Computational tags of 256 bits: secure as long as nobody breaks SHA-256. Takes one key of 256 bits.

    Parameters
    ----------
    pool, direction
        As for `WegmanCarter`.
    """

    __slots__ = ()

    def __init__(self, pool: KeyPool, direction: str) -> None:
        self._method = _caligo.HmacSha256(pool._pool, direction)

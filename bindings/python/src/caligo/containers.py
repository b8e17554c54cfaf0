# SPDX-License-Identifier: Apache-2.0
"""Files of bit blocks: sifted bits, what a session reconciled, or secret key. docs/formats/container.md defines them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, overload

from caligo import _caligo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint8]

__all__ = ["Container", "ContainerBlock", "ContainerWriter", "open_container"]


@dataclass(frozen=True, eq=False)
class ContainerBlock:
    """One block.

    Attributes
    ----------
    bits : ndarray of uint8, shape (ceil(length / 8),)
        Packed bits, read-only: a view into the mapped file, nothing is copied.
    length : int
        Bits.
    offset : int
        Of the block's header in the file, bytes.
    basis : {"unspecified", "z", "x"}
        In which it was measured.
    verified : bool
        Its hash agreed with the other side's.
    errors, leaked_bits : int or None
        Bits that differed, and bits disclosed about it.
    qber, epsilon : float or None
        Estimated error rate, and failure probability.
    label : int
        The caller's own number.
    """

    bits: Bits
    length: int
    offset: int
    basis: str
    verified: bool
    errors: int | None
    leaked_bits: int | None
    qber: float | None
    epsilon: float | None
    label: int


class Container(Sequence[ContainerBlock]):
    """A file that was mapped and verified to its end: a sequence of blocks. Made by `open_container`."""

    __slots__ = ("_container",)

    def __init__(self, container: Any) -> None:
        self._container = container

    @property
    def header(self) -> dict[str, Any]:
        """What holds for the whole file: kind, role, stream, qber and others; None for what is not known."""
        return self._container.header

    @property
    def bits(self) -> int:
        """Bits of all blocks."""
        return self._container.bits

    def __len__(self) -> int:
        return len(self._container)

    @overload
    def __getitem__(self, index: int) -> ContainerBlock: ...
    @overload
    def __getitem__(self, index: slice) -> list[ContainerBlock]: ...
    def __getitem__(self, index: int | slice) -> ContainerBlock | list[ContainerBlock]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"block {index} of {len(self)}")
        return ContainerBlock(**self._container.block(position))

    def __iter__(self) -> Iterator[ContainerBlock]:
        return (self[i] for i in range(len(self)))


def open_container(path: str | os.PathLike[str], *, key: bytes | None = None) -> Container:
    """Maps a container and verifies all of it: every checksum, and with a key every tag.

    Parameters
    ----------
    path : path
        The file.
    key : bytes, optional
        32 bytes, of a file whose blocks are tagged. Without it tags are left alone.

    Returns
    -------
    Container

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is damaged, incomplete, or not what the key wrote; gives the byte offset.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import caligo
    >>> path = os.path.join(tempfile.mkdtemp(), "key.clg")
    >>> with caligo.ContainerWriter.create(path, kind="key", simulation=True) as writer:
    ...     writer.write(np.array([1, 0, 1, 1], dtype=np.uint8), verified=True)
    >>> container = caligo.open_container(path)
    >>> container[0].length, container[0].bits
    (4, array([13], dtype=uint8))
    """
    return Container(_caligo.Container(os.fspath(path), key))


class ContainerWriter:
    """Writes a container. Nothing is visible before `commit`; leaving a ``with`` block without an exception commits."""

    __slots__ = ("_writer",)

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        kind: str,
        role: str = "unspecified",
        tag: str = "none",
        key: bytes | None = None,
        stream: str | None = None,
        simulation: bool = False,
        qber: float | None = None,
        epsilon: float | None = None,
        created: int | None = None,
        seed: int | None = None,
    ) -> ContainerWriter:
        """A new file, or a replacement, on commit; with the mode 0600.

        Parameters
        ----------
        path : path
            The file.
        kind : {"sifted", "session", "key"}
            What the blocks are.
        role : {"unspecified", "alice", "bob"}
            Whose they are.
        tag : {"none", "blake2b", "hmac-sha256"}
            How blocks are authenticated; needs `key`, 32 bytes.
        key : bytes, optional
            32 bytes.
        stream : str, optional
            32 hexadecimal digits, the same in Alice's and Bob's file; random by default.
        simulation : bool
            The bits come from a seed and are no key.
        qber, epsilon : float, optional
            Error rate that the file was made for, and failure probability of the whole.
        created : int, optional
            Seconds since 1970-01-01 UTC.
        seed : int, optional
            Of a simulation only.

        Raises
        ------
        ValueError, OSError
        """
        return cls(
            _caligo.ContainerWriter.create(
                os.fspath(path), kind, role, tag, stream, simulation, qber, epsilon, created, seed, key
            )
        )

    @classmethod
    def append(cls, path: str | os.PathLike[str], *, key: bytes | None = None) -> ContainerWriter:
        """Goes on at the end of a file; until the commit it reads as before."""
        return cls(_caligo.ContainerWriter.append(os.fspath(path), key))

    def write(
        self,
        bits: Bits,
        *,
        length: int | None = None,
        bit_packed: bool = False,
        basis: str = "unspecified",
        verified: bool = False,
        errors: int | None = None,
        leaked_bits: int | None = None,
        qber: float | None = None,
        epsilon: float | None = None,
        label: int = 0,
    ) -> None:
        """One more block.

        Parameters
        ----------
        bits : ndarray of uint8 or bool
            One value per bit, or, with `bit_packed`, bytes.
        length : int, optional
            With `bit_packed`: how many bits count; all by default.
        basis, verified, errors, leaked_bits, qber, epsilon, label
            As in `ContainerBlock`.
        """
        self._writer.write(
            bits, length or 0, bit_packed, basis, verified, errors, leaked_bits, qber, epsilon, label
        )

    def commit(self) -> None:
        """All or nothing, on disk when it returns. No further call is allowed."""
        self._writer.commit()

    def __enter__(self) -> ContainerWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        self._writer = None

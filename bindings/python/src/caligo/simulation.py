# SPDX-License-Identifier: Apache-2.0
"""Error rates by Monte Carlo simulation: the engine of ``caligo simulate``, here and on any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, overload

from caligo import _caligo
from caligo._code import CodeSpec

__all__ = ["SimulationTable", "SimulationTask", "likelihood_interval", "read_results", "simulate"]


@dataclass(frozen=True, kw_only=True)
class SimulationTask:
    """One point of a curve: a code, a channel, a decoder. A value that can be pickled.

    Attributes
    ----------
    code : CodeSpec
        The code; its CRC is embedded, or it has none.
    channel : str
        As in `caligo.construct`, and ``"awgn-esn0:1.5"``.
    decoder : {"sc", "scl", "adaptive"}
        Successive cancellation, with a list, or the first and then the second where the CRC fails.
    list_size : int
        Paths; 1 for "sc".
    llr_bits, check
        As in `caligo.PolarCodec`; "scl" only.
    scale : float, optional
        LLR units per nat; chosen by default.

    Examples
    --------
    >>> import caligo
    >>> code = caligo.construct(block_length=256, message_length=128, channel="awgn-ebn0:2")
    >>> task = caligo.SimulationTask(code=code, channel="awgn-ebn0:2", list_size=4)
    >>> task.count(seed=1, first=0, frames=1000)["frames"]
    1000
    """

    code: CodeSpec
    channel: str
    decoder: str = "scl"
    list_size: int = 8
    llr_bits: int = 8
    check: str = "min-sum"
    scale: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.code, CodeSpec):
            raise TypeError(f"code: expected a CodeSpec, got {type(self.code).__name__}")
        size = 1 if self.decoder == "sc" else self.list_size
        native = _caligo.SimulationTask.decoding(
            self.code._spec, self.channel, self.decoder, size, self.llr_bits, self.check, self.scale
        )
        object.__setattr__(self, "list_size", size)
        object.__setattr__(self, "_native", native)

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self.code, self.channel, self.decoder, self.list_size, self.llr_bits, self.check, self.scale)
        return (_restore_task, fields)

    @property
    def strong_id(self) -> str:
        """A hash of the whole problem: counts of tasks with the same id may be added."""
        return self._native.strong_id  # type: ignore[attr-defined]

    @property
    def decoder_name(self) -> str:
        """For example "scl-8"."""
        return self._native.decoder_name  # type: ignore[attr-defined]

    def count(self, *, seed: int, first: int, frames: int) -> dict[str, Any]:
        """Simulates the frames first … first + frames - 1 of a seed.

        A frame's message and noise depend on (seed, frame) alone, so that counts of disjoint ranges may be added,
        wherever they were made.

        Returns
        -------
        dict
            frames, frame_errors, undetected_errors, bit_errors, cpu_seconds, and lists: how many frames were decided
            by a list of 1, 2, 4, … 32 paths (adaptive only).
        """
        return self._native.count(seed, first, frames)  # type: ignore[attr-defined]

    def _next_chunk_end(self, frame: int) -> int:
        return self._native.next_chunk_end(frame)  # type: ignore[attr-defined]


def _restore_task(
    code: CodeSpec, channel: str, decoder: str, list_size: int, llr_bits: int, check: str, scale: float | None
) -> SimulationTask:
    return SimulationTask(
        code=code, channel=channel, decoder=decoder, list_size=list_size, llr_bits=llr_bits, check=check, scale=scale
    )


class SimulationTable(Sequence[dict[str, Any]]):
    """Results, one row for each task: a sequence of dictionaries, which ``pandas.DataFrame(table)`` takes.

    Columns: decoder, list_size, channel, block_length, message_length, crc, frames, frame_errors, undetected_errors,
    bit_errors, fer, fer_low, fer_high (likelihood interval, see `likelihood_interval`), ber, cpu_seconds, seed,
    strong_id.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows = [_with_rates(row) for row in rows]

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The same by column."""
        names = self._rows[0] if self._rows else {}
        return {name: [row[name] for row in self._rows] for name in names}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self._rows[index]

    def __repr__(self) -> str:
        lines = [f"{'decoder':<14} {'channel':<20} {'frames':>10} {'errors':>7}  FER"]
        for row in self._rows:
            lines.append(
                f"{row['decoder']:<14} {row['channel']:<20} {row['frames']:>10} {row['frame_errors']:>7}  "
                f"{row['fer']:.2e} [{row['fer_low']:.1e}, {row['fer_high']:.1e}]"
            )
        return "\n".join(lines)


def _with_rates(row: dict[str, Any]) -> dict[str, Any]:
    frames, errors = row["frames"], row["frame_errors"]
    low, high = _caligo.likelihood_interval(errors, frames, 1000.0)
    bits = frames * row["message_length"]
    wanted = ("decoder", "list_size", "channel", "block_length", "message_length", "crc", "frames", "frame_errors")
    return {
        **{name: row[name] for name in wanted},
        "undetected_errors": row["undetected_errors"],
        "bit_errors": row["bit_errors"],
        "fer": errors / frames if frames else float("nan"),
        "fer_low": low,
        "fer_high": high,
        "ber": row["bit_errors"] / bits if bits else float("nan"),
        "cpu_seconds": row["cpu_seconds"],
        "seed": row["seed"],
        "strong_id": row["strong_id"],
    }


def _row(task: SimulationTask, seed: int, counts: dict[str, Any]) -> dict[str, Any]:
    return {
        **counts,
        "decoder": task.decoder_name,
        "list_size": task.list_size,
        "channel": task.channel,
        "block_length": task.code.block_length,
        "message_length": task.code.message_length,
        "crc": task.code.crc,
        "seed": seed,
        "strong_id": task.strong_id,
    }


def simulate(
    tasks: SimulationTask | Iterable[SimulationTask],
    *,
    seed: int = 1,
    max_errors: int = 100,
    max_frames: int = 10_000_000,
    max_seconds: float | None = None,
    threads: int = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    csv: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> SimulationTable:
    """Simulates tasks until each has enough errors or frames.

    Counts depend on the tasks, the seed and the limits only: neither on threads, nor on the executor, nor on how
    often a run was interrupted (unless `max_seconds` ends it).

    Parameters
    ----------
    tasks : SimulationTask or iterable of them
        The points of the curves.
    seed : int
        Of all random numbers.
    max_errors, max_frames : int
        A task ends with so many frame errors (looked at between chunks, so that some more may be counted), or
        frames (exactly).
    max_seconds : float, optional
        Wall time of each task at most; without an executor only.
    threads : int
        Threads of this process; without an executor.
    executor : concurrent.futures.Executor, optional
        Where chunks of frames are counted: threads, processes, Dask, Ray, mpi4py. Tasks are pickled.
    workers : int, optional
        Chunks in flight with an executor; by default twice the processors here.
    csv : path, optional
        A result file, as ``caligo simulate --csv`` writes it: what it has is not counted again, and rows are appended
        as frames get ready; processes that share it share the work. Without an executor only.
    progress : bool, optional
        A progress bar on stderr, if tqdm is installed. By default on a terminal.

    Returns
    -------
    SimulationTable

    Raises
    ------
    ValueError
        A parameter outside its domain, or a file that is no result file.
    OSError
        The file cannot be read or written.
    KeyboardInterrupt
        What was finished in order is in the file.

    Examples
    --------
    >>> import caligo
    >>> code = caligo.construct(block_length=128, message_length=64, channel="awgn-ebn0:2")
    >>> points = [caligo.SimulationTask(code=code, channel=f"awgn-ebn0:{db}") for db in (1, 2)]
    >>> table = caligo.simulate(points, max_errors=20)
    >>> table[0]["fer"] > table[1]["fer"]
    True
    """
    points = [tasks] if isinstance(tasks, SimulationTask) else list(tasks)
    for point in points:
        if not isinstance(point, SimulationTask):
            raise TypeError(f"tasks: expected SimulationTask, got {type(point).__name__}")
    with _Bar(points, max_errors, max_frames, progress) as bar:
        if executor is None:
            counted = _caligo.simulate(
                [point._native for point in points],  # type: ignore[attr-defined]
                seed,
                max_errors,
                max_frames,
                max_seconds,
                threads,
                None if csv is None else os.fspath(csv),
                bar.show,
            )
        else:
            if csv is not None or max_seconds is not None:
                raise ValueError("csv and max_seconds are not for runs with an executor")
            in_flight = workers or 2 * (os.cpu_count() or 1)
            counted = [_on_executor(point, executor, in_flight, seed, max_errors, max_frames, bar) for point in points]
    return SimulationTable(_row(point, seed, counts) for point, counts in zip(points, counted, strict=True))


def _count(task: SimulationTask, seed: int, first: int, frames: int) -> dict[str, Any]:
    """What an executor calls; a plain function, so that it can be pickled."""
    return task.count(seed=seed, first=first, frames=frames)


def _add(total: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(a + b for a, b in zip(value, counts[name], strict=True))
        if isinstance(value, tuple)
        else value + counts[name]
        for name, value in total.items()
    }


def _on_executor(
    task: SimulationTask, executor: Executor, in_flight: int, seed: int, max_errors: int, max_frames: int, bar: _Bar
) -> dict[str, Any]:
    """Chunks are handed out ahead and added up in order, so that the end does not depend on who was faster."""
    total = task.count(seed=seed, first=0, frames=0)
    waiting: deque[Future[dict[str, Any]]] = deque()
    next_frame = 0
    try:
        while True:
            while len(waiting) < in_flight and next_frame < max_frames:
                end = min(task._next_chunk_end(next_frame), max_frames)
                waiting.append(executor.submit(_count, task, seed, next_frame, end - next_frame))
                next_frame = end
            if not waiting:
                return total
            total = _add(total, waiting.popleft().result())
            bar.add(task, total)
            if total["frame_errors"] >= max_errors:
                return total
    finally:
        for future in waiting:
            future.cancel()


class _Bar:
    """Progress of all tasks: tqdm, or nothing."""

    def __init__(self, tasks: list[SimulationTask], max_errors: int, max_frames: int, wanted: bool | None) -> None:
        self._tasks = tasks
        self._limits = (max_errors, max_frames)
        self._done: dict[str, float] = {}
        self._bar: Any = None
        if wanted is False:
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        # disable=None: tqdm is silent where stderr is no terminal.
        self._bar = tqdm(total=float(len(tasks)), unit="point", disable=None if wanted is None else False, leave=False)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _share(self, frames: int, errors: int) -> float:
        return min(1.0, max(errors / max(self._limits[0], 1), frames / max(self._limits[1], 1)))

    def show(self, points: list[tuple[int, int, float, bool]]) -> None:
        """Called by the engine about ten times a second."""
        if self._bar is not None:
            self._set(sum(1.0 if finished else self._share(frames, errors) for frames, errors, _, finished in points))

    def add(self, task: SimulationTask, counts: dict[str, Any]) -> None:
        if self._bar is not None:
            self._done[task.strong_id] = self._share(counts["frames"], counts["frame_errors"])
            self._set(sum(self._done.values()))

    def _set(self, value: float) -> None:
        self._bar.n = round(value, 3)
        self._bar.refresh()


def read_results(*paths: str | os.PathLike[str]) -> SimulationTable:
    """Reads result files, as ``caligo simulate --csv`` and `simulate` write them, and adds up the rows of each task.

    Parameters
    ----------
    *paths : path
        Files; frames that several of them have count once.

    Raises
    ------
    OSError, ValueError
        A file cannot be read, or contradicts another one.
    """
    return SimulationTable(_caligo.read_results([os.fspath(path) for path in paths]))


def likelihood_interval(errors: int, frames: int, ratio: float = 1000.0) -> tuple[float, float]:
    """Rates whose likelihood, given `errors` in `frames`, is at least 1/ratio of the largest.

    Parameters
    ----------
    errors, frames : int
        Counted.
    ratio : float
        1000 is about 99.98 %, 6.83 about 95 %.

    Returns
    -------
    low, high : float
        Honest at zero errors; (0, 1) without frames.

    Examples
    --------
    >>> from caligo.simulation import likelihood_interval
    >>> low, high = likelihood_interval(0, 1000)
    >>> low, round(high, 5)
    (0.0, 0.00688)
    """
    return _caligo.likelihood_interval(errors, frames, ratio)

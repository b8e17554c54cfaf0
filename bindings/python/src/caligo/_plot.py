# SPDX-License-Identifier: Apache-2.0
"""Error-rate curves with matplotlib."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from caligo.simulation import SimulationTable, read_results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS = {
    "awgn-ebn0": "Eb/N0 [dB]",
    "awgn-esn0": "Es/N0 [dB]",
    "awgn-sigma": "noise, standard deviation",
    "bsc": "crossover probability",
    "bec": "erasure probability",
}


def plot(
    *results: SimulationTable | str | os.PathLike[str],
    rate: str = "fer",
    ax: Axes | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Axes:
    """Draws error-rate curves with their likelihood intervals. Needs matplotlib.

    Parameters
    ----------
    *results : SimulationTable or path
        Tables, or result files; points of one code and decoder make a curve.
    rate : {"fer", "ber"}
        Frame or bit error rate. Intervals are those of frame errors.
    ax : matplotlib Axes, optional
        Where to draw; new ones by default.
    path : path, optional
        Saves the figure; the suffix says how (.svg, .pdf, .png).

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        No points, or points of different kinds of channels.
    ImportError
        matplotlib is not installed.

    Examples
    --------
    >>> import caligo
    >>> code = caligo.construct(block_length=128, message_length=64, channel="awgn-ebn0:2")
    >>> points = [caligo.SimulationTask(code=code, channel=f"awgn-ebn0:{db}") for db in (1, 2)]
    >>> axes = caligo.plot(caligo.simulate(points, max_errors=20))
    >>> axes.get_xlabel()
    'Eb/N0 [dB]'
    """
    if rate not in ("fer", "ber"):
        raise ValueError(f"rate: expected 'fer' or 'ber', got {rate!r}")
    curves, kind = _curves(results)
    from matplotlib.figure import Figure

    if ax is None:
        ax = Figure(figsize=(6.4, 4.4), layout="constrained").subplots()
    for (label, _), rows in curves.items():
        _draw(ax, rate, label, rows)
    if kind in ("bsc", "bec", "awgn-sigma"):
        ax.invert_xaxis()  # better channels to the right, as with dB
    ax.set_yscale("log")
    ax.set_xlabel(_LABELS[kind])
    ax.set_ylabel("frame error rate" if rate == "fer" else "bit error rate")
    ax.grid(True, which="major", alpha=0.4)
    ax.grid(True, which="minor", alpha=0.12)
    ax.legend(frameon=False)
    if path is not None:
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.savefig(os.fspath(path))
    return ax


def _curves(
    results: Iterable[SimulationTable | str | os.PathLike[str]],
) -> tuple[dict[tuple[str, str], list[tuple[float, dict[str, Any]]]], str]:
    curves: dict[tuple[str, str], list[tuple[float, dict[str, Any]]]] = {}
    kinds = set()
    for result in results:
        table = result if isinstance(result, SimulationTable) else read_results(result)
        for row in table:
            kind, _, value = row["channel"].partition(":")
            kinds.add(kind)
            label = f"({row['block_length']}, {row['message_length']}) {row['decoder']}"
            curves.setdefault((label, row["crc"]), []).append((float(value), row))
    if not curves:
        raise ValueError("results: expected at least one point")
    if len(kinds) != 1:
        raise ValueError(f"results: expected one kind of channel, got {', '.join(sorted(kinds))}")
    return curves, kinds.pop()


def _draw(ax: Axes, rate: str, label: str, points: list[tuple[float, dict[str, Any]]]) -> None:
    points.sort(key=lambda point: point[0])
    seen = [(x, row) for x, row in points if row["frame_errors"] > 0]
    none = [(x, row) for x, row in points if row["frame_errors"] == 0]
    if seen:
        x = [value for value, _ in seen]
        y = [row[rate] for _, row in seen]
        # The interval of the FER, moved with the rate.
        below = [value * (1 - row["fer_low"] / row["fer"]) for value, (_, row) in zip(y, seen, strict=True)]
        above = [value * (row["fer_high"] / row["fer"] - 1) for value, (_, row) in zip(y, seen, strict=True)]
        bars = ax.errorbar(x, y, yerr=[below, above], marker="o", markersize=4, capsize=2, linewidth=1.4, label=label)
        color = bars.lines[0].get_color()
    else:
        color = ax.plot([], [], marker="o", label=label)[0].get_color()
    # Without errors only an upper limit is known.
    ax.plot([x for x, _ in none], [row["fer_high"] for _, row in none], marker="v", linestyle="none", color=color)

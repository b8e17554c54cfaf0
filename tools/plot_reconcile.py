#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what `caligo reconcile --json` disclosed, block by block, against the Shannon limit, and the QBER along the key.

usage: plot_reconcile.py FILE.json PICTURE...      (.png, .svg, .pdf)
"""

import json
import math
import sys

import matplotlib

matplotlib.use("Agg")
# The same picture for the same data, byte for byte.
matplotlib.rcParams["svg.hashsalt"] = "caligo"
import matplotlib.pyplot as plt

from show_reconcile import binary_entropy

# Two colours of Okabe and Ito's palette, which colour-blind readers tell apart; the marks differ in shape as well.
BLUE = "#0072B2"
VERMILION = "#D55E00"


def mark_spans(axes, edges, blocks):
    """Hatches the blocks that failed: their bits are lost although their disclosure counts."""
    label = "failed block"
    for left, right, block in zip(edges, edges[1:], blocks):
        if not block["ok"]:
            axes.axvspan(left, right, facecolor="none", edgecolor="0.4", hatch="///", linewidth=0, label=label)
            label = None


def draw(result):
    """A figure with two panels over the position in the key."""
    blocks = result["per_block"]
    edges = [0.0]
    for block in blocks:
        edges.append(edges[-1] + block["bits"] / 1e6)
    qber = [block["errors"] / block["bits"] for block in blocks]
    leaked = [block["leaked"] / block["bits"] for block in blocks]
    limit = [binary_entropy(q) for q in qber]

    figure, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(8, 6), height_ratios=(3, 2), layout="constrained")
    efficiency = "" if result["efficiency"] is None else f", efficiency f = {result['efficiency']:.3f}"
    figure.suptitle(
        f"Reconciliation of {result['bits']:,} bits at a QBER of {100 * result['qber']:.2f} %{efficiency}", fontsize=13
    )
    top.stairs(leaked, edges, fill=True, color=BLUE, alpha=0.35)
    top.stairs(leaked, edges, color=BLUE, linewidth=1.5, label="disclosed")
    top.stairs(limit, edges, color=VERMILION, linewidth=2, linestyle="--", baseline=None, label="Shannon limit h₂(QBER)")
    top.set_ylabel("disclosed bits per key bit")
    # What chance alone does to the error count of a block: binomial, two standard deviations.
    key = result["qber"]
    spread = [2 * math.sqrt(key * (1 - key) / block["bits"]) for block in blocks]
    bottom.stairs(
        [100 * (key + s) for s in spread], edges, baseline=[100 * max(key - s, 0) for s in spread],
        fill=True, color="0.85", label="QBER of the key ± 2σ",
    )
    bottom.stairs([100 * q for q in qber], edges, color="black", linewidth=1.5, baseline=None, label="QBER of the block")
    bottom.set_ylabel("QBER (%)")
    bottom.set_xlabel("position in the key (million bits)")
    low = min(min(q, key - s) for q, s in zip(qber, spread))
    high = max(max(q, key + s, 1e-6) for q, s in zip(qber, spread))
    margin = 0.15 * (high - low)
    bottom.set_ylim(100 * max(low - margin, 0), 100 * (high + margin))
    top.set_ylim(0, 1.1 * max(leaked + limit + [1e-6]))
    for axes in (top, bottom):
        mark_spans(axes, edges, blocks)
        axes.set_xlim(0, edges[-1])
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="0.9")
        axes.set_axisbelow(True)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)
    return figure


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        figure = draw(json.load(file))
    for name in sys.argv[2:]:
        figure.savefig(name, dpi=150, metadata={"Date": None} if name.endswith(".svg") else None)
        print(f"picture: {name}")


if __name__ == "__main__":
    main()

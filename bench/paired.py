# SPDX-License-Identifier: Apache-2.0
"""Statistics of paired measurements: is the new build slower than the base?

Each pair is measured back to back, so what slows the machine down slows both down, and the ratio of the two times hardly
moves. The ratios of many pairs are summed up by their median, which single disturbed pairs do not move either, and the
bootstrap (Efron 1979) tells how far the median could be off.
"""

import math
import random
import statistics
from typing import NamedTuple


class Interval(NamedTuple):
    """A ratio of times new/base: above 1 means that the new build is slower."""

    low: float
    median: float
    high: float


# What is said of a case.
NOT_SLOWER, UNDECIDED, SLOWER = "not slower", "undecided", "SLOWER"


def bootstrap_median(ratios, confidence=0.99, resamples=10000, seed=1):
    """The median of the ratios with a percentile bootstrap interval. The seed makes the verdict repeatable."""
    if not ratios or any(not (math.isfinite(ratio) and ratio > 0) for ratio in ratios):
        raise ValueError(f"expected positive finite ratios, got {ratios}")
    if not 0 < confidence < 1:
        raise ValueError(f"expected a confidence between 0 and 1, got {confidence}")
    generator = random.Random(seed)
    medians = sorted(statistics.median(generator.choices(ratios, k=len(ratios))) for _ in range(resamples))
    tail = (1 - confidence) / 2
    low = medians[math.floor(tail * (resamples - 1))]
    high = medians[math.ceil((1 - tail) * (resamples - 1))]
    return Interval(low, statistics.median(ratios), high)


def verdict(interval, tolerance):
    """SLOWER if the whole interval lies above 1 + tolerance, NOT_SLOWER if the whole of it lies below, else UNDECIDED.

    The tolerance is what two builds of the same source may differ by, since code and data fall on other addresses.
    """
    limit = 1 + tolerance
    if interval.low > limit:
        return SLOWER
    return UNDECIDED if interval.high > limit else NOT_SLOWER


def worst(verdicts):
    """Of several cases: one that is slower outweighs any that are undecided."""
    return max(verdicts, key=(NOT_SLOWER, UNDECIDED, SLOWER).index)


def shared_confidence(confidence, intervals):
    """Bonferroni: if each of the intervals has this confidence, all of them hold together with at least `confidence`."""
    return 1 - (1 - confidence) / intervals

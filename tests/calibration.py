"""What the tests of calibration share: whether ranks are even, and their histograms for who wants to see them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.models.sampling import uniformity

LEVEL = 1e-3
"""Probability that a right model fails one of these tests, shared out among its scalars (Bonferroni)."""


def assert_even(ranks: pd.DataFrame, draws: int, bins: int, name: str, folder: Path | None) -> None:
    """The ranks 0 … `draws` of every scalar (run, scalar) are even: by χ² over bins, and in their mean.

    The mean is the sharper of the two where a posterior lies too high or too low.
    """
    if folder is not None:
        draw_histograms(ranks, draws, bins, folder / f"ranks_{name}.svg")
    middle = (ranks.mean() - draws / 2) / np.sqrt(((draws + 1) ** 2 - 1) / 12 / len(ranks))
    found = pd.DataFrame({"even": uniformity(ranks, draws, bins), "middle": 2 * stats.norm.sf(middle.abs())})
    odd = found[(found < LEVEL / found.size).any(axis=1)]
    assert odd.empty, f"\n{odd}"


def draw_histograms(ranks: pd.DataFrame, draws: int, bins: int, file: Path) -> None:
    """A histogram a scalar, with the band that holds 99 % of the bars of even ranks."""
    from matplotlib.figure import Figure

    columns = 8
    rows = -(-ranks.shape[1] // columns)
    figure = Figure(figsize=(columns * 1.5, rows * 1.2), layout="constrained")
    low, high = stats.binom(len(ranks), 1 / bins).ppf([0.005, 0.995])
    for axis, scalar in zip(figure.subplots(rows, columns).flat, [*ranks, *[None] * (rows * columns)], strict=False):
        axis.set_axis_off()
        if scalar is not None:
            axis.bar(range(bins), np.bincount(ranks[scalar] * bins // (draws + 1), minlength=bins), width=0.9)
            axis.axhspan(low, high, alpha=0.2, color="black", linewidth=0)
            axis.set_ylim(0, 2 * len(ranks) / bins)
            axis.set_title(scalar, fontsize=7)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})

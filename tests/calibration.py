"""What tests of calibration share: ranks by simulation, whether they are even, and their histograms."""

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.models.sampling import thinned
from pipeline.random import stream

LEVEL = 1e-3
"""Probability that a right model fails one of these tests, shared out among its scalars (Bonferroni)."""


def _numbered(name, size):
    return [name] if size == 1 else [f"{name}[{position}]" for position in range(size)]


def uniformity(ranks, draws, bins):
    """Probability (χ²) of ranks 0 … `draws` at least as uneven as each column's, were they uniform.

    Raises ValueError where the ranks do not fall into bins of equal width.
    """
    if (draws + 1) % bins:
        raise ValueError(f"{draws + 1} ranks do not fall into {bins} bins of equal width")
    width = (draws + 1) // bins
    counts = {name: np.bincount(ranks[name].to_numpy() // width, minlength=bins) for name in ranks.columns}
    return pd.Series({name: float(stats.chisquare(count).pvalue) for name, count in counts.items()})


def sbc_ranks[Data](prior, simulate, fit, runs, draws, seed):
    """Simulation-based calibration: the rank of what was drawn from the prior among the draws of its own fit.

    `prior` draws the quantities by name (...); `simulate` makes data of them; `fit` (data, seed) gives draws
    (draw, ...) of the same names, of which `draws` are kept by `thinned`. One row a run and one column a scalar,
    each a rank 0 … `draws`: uniform where model and sampler are right.
    """
    rows = []
    for run in range(runs):
        generator = stream(seed, "sbc", str(run))
        truth = prior(generator)
        data = simulate(truth, generator)
        run_seed = int(generator.integers(2**31))
        kept = thinned(fit(data, run_seed), draws, run_seed)
        row: dict[str, int] = {}
        for name, value in truth.items():
            rank = np.atleast_1d((kept[name] < value).sum(axis=0)).ravel()
            row.update(zip(_numbered(name, rank.size), rank, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def assert_even(ranks, draws, bins, name, folder):
    """The ranks 0 … `draws` of every scalar (run, scalar) are even: by χ² over bins, and in their mean.

    The mean is the sharper of the two where a posterior lies too high or too low.
    """
    if folder is not None:
        draw_histograms(ranks, draws, bins, folder / f"ranks_{name}.svg")
    middle = (ranks.mean() - draws / 2) / np.sqrt(((draws + 1) ** 2 - 1) / 12 / len(ranks))
    found = pd.DataFrame({"even": uniformity(ranks, draws, bins), "middle": 2 * stats.norm.sf(middle.abs())})
    odd = found[(found < LEVEL / found.size).any(axis=1)]
    assert odd.empty, f"\n{odd}"


def draw_histograms(ranks, draws, bins, file):
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

"""Cities of which only margins are published: their age tables as draws, from what stage `sample_margins` learned."""

from pathlib import Path

import numpy as np

from pipeline.axes import Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.inputs.bulletins import GROUPS, Margins
from pipeline.model.fits import MARGINS_FILE, load_posterior
from pipeline.models.margins import Walks, reconstruct, walks_of
from pipeline.models.sampling import posterior_arrays
from pipeline.random import stream


def reconstruct_city(
    root: Path, margins: Margins, province: Array, city: str, year: int, seed: int, draws: int
) -> Array:
    """People (draw, sex, group) by `GROUPS` that keep the margins `margins` in every draw.

    `province` (sex, age) persons by single age on the same day. A city, year and seed give the same draws in every
    stage. The draws of two censuses are independent: what cities keep from one to the next is not used, so that the
    cohort change between them comes out too wide rather than too narrow.
    """
    generator = stream(seed, "margins", city, str(year))
    return reconstruct(margins, province @ summing_matrix(GROUPS).T, load_walks(root, draws), generator)


def load_walks(root: Path, draws: int) -> Walks:
    """So many walks, from the stored draws of their parameters in turn."""
    posterior = posterior_arrays(load_posterior(root / MARGINS_FILE))
    return walks_of({name: array[np.arange(draws) % len(array)] for name, array in posterior.items()})

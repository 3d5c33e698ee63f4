"""Cities of which only margins are published: their age tables as draws, from what stage `margins` learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.demography.groups import summing_matrix
from pipeline.inputs.margins import GROUPS, Margins
from pipeline.models.margins import Learned, Walk, reconstruct
from pipeline.random import stream
from pipeline.stages.common import Array

WALKS_FILE = Path("models/margins.npz")


def rebuilt(root: Path, said: Margins, province: Array, city: str, year: int, seed: int) -> Array:
    """People (draw, sex, group) by `GROUPS` that keep the margins `said` in every draw.

    `province` (sex, age) persons by single age on the same day. A city, year and seed give the same draws in every
    stage. The draws of two censuses are independent: what cities keep from one to the next is not used, so that the
    cohort change between them comes out too wide rather than too narrow.
    """
    generator = stream(seed, "margins", city, str(year))
    return reconstruct(said, province @ summing_matrix(GROUPS).T, load_walks(root), generator)


def load_walks(root: Path) -> Learned:
    """The walks as stage `margins` wrote them."""
    with np.load(root / WALKS_FILE) as file:
        walks = {name: Walk(*(file[f"{name}_{part}"] for part in ("mean", "root", "dof"))) for name in ("age", "sex")}
    return Learned(walks["age"], walks["sex"])

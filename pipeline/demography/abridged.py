"""Five-year projections from published five-year inputs (ages 0, 1-4, 5-9 … 100+), as the UN publishes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import SEXES, Array
from pipeline.demography.engine import Rates
from pipeline.demography.lifetable import LifeTable, life_table

ABRIDGED_AGES: tuple[int, ...] = (0, 1, *range(5, 101, 5))
FERTILE_GROUPS = slice(3, 10)
"""15-19 … 45-49 among five-year groups 0-4, 5-9, …, 100+."""


def five_year_survival(table: LifeTable) -> Array:
    """nSx of five-year groups 0-4 … 100+ from an abridged table with ages 0, 1-4, 5-9 … 100+.

    Entry 0 is the survival of five years' births to ages 0-4, 5L0/(5·l0); entry x from group x − 1 to x;
    the last that of 95 and over into 100+, T100/T95. Shape (..., 21) from nLx (..., 22).
    """
    lived = np.concatenate([table.nLx[..., :2].sum(axis=-1, keepdims=True), table.nLx[..., 2:]], axis=-1)
    ratios = np.empty_like(lived)
    ratios[..., 0] = lived[..., 0] / 5.0
    ratios[..., 1:] = lived[..., 1:] / lived[..., :-1]
    ratios[..., -1] = lived[..., -1] / (lived[..., -1] + lived[..., -2])
    return ratios


def five_year_rates(
    nmx: ArrayLike,
    tfr: ArrayLike,
    asfr_shares: ArrayLike,
    srb: ArrayLike,
    net_migrants: ArrayLike,
) -> Rates:
    """Inputs of the engine from published ones, one draw, T periods of five years.

    nmx (time, sex, 22 ages) per person-year; tfr (time,) children per woman; asfr_shares (time, 7) per cent of
    the TFR in 15-19 … 45-49; srb (time,) boys per girl; net_migrants (time, sex, 21 groups) persons in the
    five years, by age at their end.
    """
    m = np.asarray(nmx, dtype=float)
    survival = np.stack(
        [five_year_survival(life_table(m[:, i], ABRIDGED_AGES, sex)) for i, sex in enumerate(SEXES)], axis=1
    )
    asfr = np.zeros((m.shape[0], survival.shape[-1]))
    total = np.asarray(tfr, dtype=float)[:, None]
    asfr[:, FERTILE_GROUPS] = total * np.asarray(asfr_shares, dtype=float) / 100.0 / 5.0
    return Rates(
        survival[None],
        asfr[None],
        np.asarray(srb, dtype=float)[None],
        net_migrants=np.asarray(net_migrants, dtype=float)[None],
    )

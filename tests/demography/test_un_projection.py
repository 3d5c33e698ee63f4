"""With the United Nations' own inputs the engine gives the United Nations' own outputs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from array_engine import Rates, project

from pipeline.axes import SEXES
from pipeline.demography.age_groups import ABRIDGED_AGES, five_year_groups
from pipeline.demography.lifetable import LifeTable, life_table

RAW = Path(__file__).parents[2] / "data/raw"
AGES = list(five_year_groups(100))
GROUPS = ["0-4", *AGES[2:]]
FERTILE = slice(3, 10)
PERIODS = [f"{year}-{year + 5}" for year in range(2010, 2050, 5)]


@pytest.fixture(scope="module")
def revision() -> pd.DataFrame:
    return pd.read_csv(RAW / "wpp2012.csv", dtype={"period": str, "age": str})


def _array(table: pd.DataFrame, quantity: str, periods: list[str], ages: list[str]) -> np.ndarray:
    rows = table[(table["quantity"] == quantity) & table["period"].isin(periods)]
    cube = rows.pivot(index=["period", "sex"], columns="age", values="value")[ages]
    return np.stack([cube.loc[[(period, sex) for period in periods]] for sex in SEXES], axis=1)


def _series(table: pd.DataFrame, quantity: str) -> np.ndarray:
    rows = table[(table["quantity"] == quantity) & table["period"].isin(PERIODS)]
    return rows.set_index("period").loc[PERIODS, "value"].to_numpy()


def five_year_survival(table: LifeTable) -> np.ndarray:
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
    nmx: np.ndarray, tfr: np.ndarray, asfr_shares: np.ndarray, srb: np.ndarray, net_migrants: np.ndarray
) -> Rates:
    """Inputs of the engine from published ones, one draw, T periods of five years.

    nmx (time, sex, 22 ages) per person-year; tfr (time,) children per woman; asfr_shares (time, 7) per cent of
    the TFR in 15-19 … 45-49; srb (time,) boys per girl; net_migrants (time, sex, 21 groups) persons in the
    five years, by age at their end.
    """
    survival = np.stack(
        [five_year_survival(life_table(nmx[:, i], ABRIDGED_AGES, sex)) for i, sex in enumerate(SEXES)], axis=1
    )
    asfr = np.zeros((nmx.shape[0], survival.shape[-1]))
    asfr[:, FERTILE] = tfr[:, None] * asfr_shares / 100.0 / 5.0
    return Rates(survival[None], asfr[None], srb[None], net_migrants=net_migrants[None])


@pytest.fixture(scope="module")
def projected(revision: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    shares = revision[revision["quantity"] == "asfr_share"].pivot(index="period", columns="age", values="value")
    rates = five_year_rates(
        _array(revision, "mx", PERIODS, AGES),
        _series(revision, "total_fertility"),
        shares.loc[PERIODS, GROUPS[FERTILE]].to_numpy(),
        _series(revision, "sex_ratio_at_birth"),
        _array(revision, "net_migration", PERIODS, GROUPS),
    )
    published = _array(revision, "population", [str(year) for year in range(2010, 2051, 5)], GROUPS)
    return project(published[None, 0], rates, width=5, convention="end").population[0], published


@pytest.mark.parametrize(("group", "first", "tolerance"), [("60+", 12, 0.001), ("80+", 16, 0.005), ("all", 0, 0.0005)])
def test_old_age_totals_agree_with_the_published_projection_at_every_step(
    projected: tuple[np.ndarray, np.ndarray], group: str, first: int, tolerance: float
) -> None:
    ours, theirs = (cube[..., first:].sum(axis=(1, 2)) for cube in projected)
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, err_msg=group)


def test_every_cell_agrees_with_the_published_projection(projected: tuple[np.ndarray, np.ndarray]) -> None:
    ours, theirs = projected
    np.testing.assert_allclose(ours, theirs, rtol=0.01)

"""The backtest keeps apart what a forecast may know from what it is scored against."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from defaults import default_settings

from pipeline.model.fits import area_priors
from pipeline.models.backtest.folds import AS_FITTED, drawn_to_cover, province_folds, strict_rows
from pipeline.models.backtest.rivals import EX_ANTE, HINDSIGHT
from pipeline.models.sampling import SamplerSettings

FORECAST = ["mean", "median", "q025", "q10", "q90", "q975"]
PRIORS = area_priors(default_settings().priors.old_age)
SETTINGS = SamplerSettings(chains=2, draws=50, tune=150, target_accept=0.9, seed=3, cores=2)


def with_third_census(decades, factor, provinces):
    """The censuses with everybody in these provinces counted `factor` times in the last one."""
    tables = decades.tables.copy()
    tables[2, [decades.provinces.index(name) for name in provinces]] *= factor
    return replace(decades, tables=tables)


def test_areas_are_the_31_provinces_and_the_nation_they_add_up_to(decades):
    assert len(decades.provinces) == 31
    assert np.allclose(decades.tables[:, :-1].sum(axis=1), decades.tables[:, -1])
    # Zhejiang 60+ in 2020, bulletin of the seventh census.
    assert decades.counted[decades.provinces.index("zhejiang"), 0] == 12_072_684


def test_what_is_known_ends_with_the_second_census_and_what_is_scored_does_not(decades):
    changed = with_third_census(decades, 1.3, ("anhui",))
    for source in ("census", "wpp2024"):
        before, after = decades.known(source), changed.known(source)
        assert np.array_equal(before.features, after.features)
        assert np.array_equal(before.past, after.past)
        assert np.array_equal(before.nation, after.nation)
        moved = changed.observed(source) - decades.observed(source)
        assert np.allclose(moved[decades.provinces.index("anhui")], np.log(1.3))
        assert np.allclose(np.delete(moved, decades.provinces.index("anhui"), axis=0), 0.0)


def test_the_strict_forecast_does_not_see_the_third_census_anywhere(decades):
    cases = (decades, with_third_census(decades, 1.3, decades.provinces))
    rows = [strict_rows(case, PRIORS, SETTINGS) for case in cases]
    pd.testing.assert_frame_equal(rows[0][FORECAST], rows[1][FORECAST])
    assert not np.allclose(rows[0]["observed"], rows[1]["observed"])
    nation = rows[0][rows[0]["region"] == "china"].set_index("age_group")["mean"]
    parts = rows[0][rows[0]["region"] != "china"].groupby("age_group")["mean"].sum()
    assert np.allclose(nation.sort_index(), parts.sort_index())


@pytest.mark.slow
def test_a_fold_does_not_see_what_its_province_became(decades):
    """To the bit, which also says that a run with the same seed gives the same numbers."""
    cases = (decades, with_third_census(decades, 1.3, ("anhui",)))
    (plain, fitted), (grown, refitted) = (province_folds(case, ("anhui",), PRIORS, SETTINGS) for case in cases)
    before, after = (rows[rows["model"] == AS_FITTED].reset_index(drop=True) for rows in (plain, grown))
    assert set(before["information"]) == {EX_ANTE, HINDSIGHT}
    pd.testing.assert_frame_equal(before[FORECAST], after[FORECAST])
    assert np.allclose(after["observed"], 1.3 * before["observed"])
    for information in (EX_ANTE, HINDSIGHT):
        assert np.array_equal(fitted[information], refitted[information])


def test_intervals_drawn_in_by_the_others_cover_what_they_should():
    rng = np.random.default_rng(3)
    truth = rng.standard_normal(400)
    wide = np.exp(0.1 * rng.standard_normal((2000, 400)))
    counted = np.exp(0.05 * truth)
    found = drawn_to_cover(wide, counted)
    low, high = np.quantile(found, (0.1, 0.9), axis=0)
    assert ((low <= counted) & (counted <= high)).mean() == pytest.approx(0.8, abs=0.02)
    np.testing.assert_allclose(np.median(found, axis=0), np.median(wide, axis=0), rtol=1e-3)
    assert np.log(found).std() == pytest.approx(0.05, rel=0.1)

import atlas_case as case
import numpy as np
import pandas as pd
import pytest

from pipeline.models.cohorts import cohorts
from pipeline.models.counties.county_people import believed, progress
from pipeline.models.counties.model import CELLS, MIDDLE, Errors, cohorts_reached, scored, shares


def test_shares_of_a_province_add_up_and_stay_when_all_change_alike():
    branch = case.known()["gansu"].branch
    generator = np.random.default_rng(3)
    middle = generator.normal(0, 0.2, (5, len(branch.middles), 2, 16))
    own = generator.normal(0, 0.2, (5, len(branch.counties), 2, 16))
    wide, inside, rest = shares(branch, middle, own)
    assert np.allclose(wide.sum(axis=1), 1.0)
    for row in range(len(branch.middles)):
        part = inside[:, branch.middle == row].sum(axis=1) + rest[:, row]
        assert np.allclose(part, 1.0)
    flat = np.ones((1, len(branch.middles), 2, 16))
    same = shares(branch, 0.3 * flat, np.zeros((1, len(branch.counties), 2, 16)))[0]
    assert np.allclose(same[0], cohorts(branch.middles) / cohorts(branch.province))


def test_a_forecast_of_what_happened_is_what_was_counted():
    known = case.known()["gansu"].case
    middles, counties = known.changes()
    mine = middles[known.before.middle]
    assert np.isfinite(counties).all()
    wide, inside, _ = shares(known.before, np.nan_to_num(middles)[None], (counties - np.nan_to_num(mine))[None])
    people = wide[0] * cohorts_reached(known.after.province)
    assert np.allclose(people[known.whole], cohorts_reached(known.after.middles)[known.whole], rtol=1e-6)
    assert inside.shape[1] == len(known.before.kinds)


def test_errors_have_the_width_they_were_given_and_fall_with_size():
    errors = Errors(0.1**2 * np.eye(CELLS), np.array([[0.3, 0.0], [0.3, 0.0]]))
    drawn = errors.draws(np.array([3e5, 3e6]), 20_000, np.random.default_rng(1))
    width = np.quantile(drawn, 0.9, axis=0).mean(axis=(-1, -2))
    assert width[0] == pytest.approx(0.1533, rel=0.03)
    assert width[1] / width[0] == pytest.approx(10**-0.3, rel=0.03)


def test_a_departure_far_out_of_the_usual_is_not_believed_whole():
    errors = case.model().errors[MIDDLE]
    off = np.stack([np.full((2, 16), 0.05), np.full((2, 16), 1.5), np.full((2, 16), np.nan)])
    kept = believed(off, errors, np.full(3, 3e5))
    assert np.allclose(kept[0], 0.05)
    assert 0 < kept[1].max() < 0.3
    assert (kept[2] == 0).all()


def test_the_first_decade_is_carried_whole_and_the_next_fades():
    first, second = progress(16, 40.0)
    assert first[0] == 0.0
    assert first[10] == pytest.approx(1.0)
    assert first[16] == pytest.approx(1.0)
    assert (np.diff(second[10:]) > 0).all()
    assert second[16] < 0.6


def test_scores_count_places_and_cover():
    rows = pd.DataFrame(
        {
            "kind": ["county", "county", "district", "prefecture"],
            "people": [4e4, 3e5, 3e5, 2e6],
            "age_group": "60+",
            "counted": [100.0, 100.0, 100.0, 100.0],
            "method": "model",
            "q10": [90.0, 90.0, 101.0, 90.0],
            "median": [110.0, 95.0, 105.0, 100.0],
            "q90": [120.0, 110.0, 120.0, 110.0],
        }
    )
    found = scored(rows).set_index(["kind", "size"])
    assert found.loc[("county", "all"), "mape"] == pytest.approx(7.5)
    assert found.loc[("county", "all"), "bias"] == pytest.approx(2.5)
    assert found.loc[("counties", "all"), "places"] == 3
    assert found.loc[("counties", "200k_400k"), "coverage_80"] == pytest.approx(50.0)
    assert found.loc[("prefecture", "above_800k"), "coverage_80"] == pytest.approx(100.0)

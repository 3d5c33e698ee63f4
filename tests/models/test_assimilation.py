import numpy as np
import pytest

from pipeline.axes import COUNTED_GROUPS
from pipeline.demography.area import YEAR_END
from pipeline.models.assimilation import NONE, CountError, standard_errors, update

DRAWS = 40_000
RNG = np.random.default_rng(11)
MIX = np.array([[1.0, 0.2, 0.0], [0.3, 0.8, 0.5]])
STATE = RNG.standard_normal((DRAWS, 3)) * (0.02, 0.03, 0.01)
PEOPLE = 5.0 + STATE @ MIX.T
TOLD = np.array([5.04, 5.01])


def moved(scatter, **more):
    found = update(
        {"state": STATE, "people": PEOPLE}, PEOPLE, TOLD, np.asarray(scatter), np.random.default_rng(2), **more
    )
    return STATE + found.of("state"), PEOPLE + found.of("people")


def test_no_error_meets_the_counts_in_every_draw():
    state, people = moved([0.0, 0.0])
    np.testing.assert_allclose(people, np.broadcast_to(TOLD, people.shape), atol=1e-9)
    np.testing.assert_allclose(5.0 + state @ MIX.T, people, atol=1e-9)


def test_an_infinite_error_changes_nothing():
    state, people = moved([np.inf, np.inf])
    np.testing.assert_array_equal(state, STATE)
    np.testing.assert_array_equal(people, PEOPLE)
    one_told = moved([0.01, np.inf])[1]
    assert NONE.of("state") == 0.0, "without counts"
    assert abs(one_told[:, 0].mean() - TOLD[0]) < abs(PEOPLE[:, 0].mean() - TOLD[0])


def test_mean_and_covariance_are_those_of_the_normal_posterior():
    scatter = np.array([0.015, 0.02])
    state, _ = moved(scatter)
    prior = np.diag(np.square([0.02, 0.03, 0.01]))
    gain = prior @ MIX.T @ np.linalg.inv(MIX @ prior @ MIX.T + np.diag(scatter**2))
    np.testing.assert_allclose(state.mean(axis=0), gain @ (TOLD - 5.0), atol=4e-4)
    np.testing.assert_allclose(np.cov(state.T), prior - gain @ MIX @ prior, atol=1.5e-5)


def test_a_part_moves_by_its_own_and_never_by_what_its_whole_explains():
    whole = RNG.standard_normal((DRAWS, 1)) * 0.05
    own = RNG.standard_normal((DRAWS, 1)) * 0.01
    people = whole + own
    states = {"own": own, "whole": whole}
    found = update(states, people, np.array([0.03]), np.array([0.001]), np.random.default_rng(1), whole)
    assert np.abs(found.gain["whole"]).max() < 0.02
    assert found.gain["own"][0, 0] == pytest.approx(1.0, abs=0.02)
    # All of it moves by what is left after the whole, draw by draw: the count is met.
    after = people + found.of("own")
    assert np.abs(after - 0.03).max() < 0.01


def test_errors_of_counts_grow_with_the_years_and_the_old_share_them():
    error = CountError(level=0.004, drift=0.005, sampling=0.002, alike=0.8, totals=0.5)
    drawn = error.draws(4, DRAWS, np.random.default_rng(4))
    old, oldest, total = (COUNTED_GROUPS.index(group) for group in ("60+", "65+", "total"))
    for at in (0, 3):
        year = at + 1 + YEAR_END
        assert drawn[:, at, old].std() == pytest.approx(np.hypot(0.004, 0.005 * year), rel=0.03)
        assert drawn[:, at, total].std() == pytest.approx(0.5 * np.hypot(0.004, 0.005 * year), rel=0.03)
    assert np.corrcoef(drawn[:, 3, old], drawn[:, 3, oldest])[0, 1] == pytest.approx(0.8, abs=0.02)
    assert abs(np.corrcoef(drawn[:, 3, old], drawn[:, 3, total])[0, 1]) < 0.02
    np.testing.assert_allclose(error.scatter(["60+", "total"]), [0.002, 0.001])


def test_standard_errors_know_the_forecast_and_the_count():
    predicted = np.array([[-0.03], [0.0], [0.03]])
    (away,) = standard_errors(predicted, np.array([0.3]), np.array([0.02]))
    assert away == pytest.approx(0.3 / np.sqrt(predicted.var() + 0.02**2))

import numpy as np
import pandas as pd
import pytest

from pipeline.results.monte_carlo import borne, standard_errors
from pipeline.results.tables import TABLES
from pipeline.results.write import write_csv
from pipeline.summary import INTERVAL, interval_shown, last_digit, monte_carlo_error, spread

DRAWS = 4000


def people(seed, draws=DRAWS):
    """Draws (draw, case) of what is published: the old of a province, users of a service, beds that are short."""
    noise = np.random.default_rng(seed).standard_normal((draws, 3))
    return np.array([14_700_000.0, 0.0, 5_600.0]) + np.stack(
        [290_000.0 * noise[:, 0], 310_000.0 * np.exp(0.4 * noise[:, 1]), 61_000.0 * noise[:, 2]], axis=1
    )


def digits_of(number):
    """What the last digit other than zero counts."""
    return next(10.0**power for power in range(9, -1, -1) if number % 10.0**power == 0)


def test_the_last_digit_printed_is_no_finer_than_a_tenth_of_the_error_by_bootstrap():
    """And no digit that the draws do bear is lost: half a last digit is less than the error."""
    draws = people(1)
    rng = np.random.default_rng(2)
    again = np.stack([np.quantile(draws[rng.integers(0, DRAWS, DRAWS)], INTERVAL, axis=0) for _ in range(200)])
    error, shown, exact = again.std(axis=0), interval_shown(draws), np.quantile(draws, INTERVAL, axis=0)
    for place in np.ndindex(*shown.shape):
        assert digits_of(shown[place]) > error[place] / 15, "a factor of 1.5 for the bootstrap and for skewness"
        assert abs(shown[place] - exact[place]) < 0.75 * error[place]


def test_other_seeds_move_the_last_digits_and_no_others():
    """The SD between seeds is what the rule takes it for, and so the guard digit is the one that moves."""
    shown = np.stack([interval_shown(people(seed)) for seed in range(60)])
    exact = np.quantile(people(0, 400_000), INTERVAL, axis=0)
    error = np.array([monte_carlo_error(level, DRAWS) for level in INTERVAL])[:, None] * spread(exact[0], exact[2])
    normal = [0, 2]
    np.testing.assert_allclose(shown.std(axis=0)[:, normal], error[:, normal], rtol=0.35)
    assert (np.abs(shown.mean(axis=0) - exact) < error).all()


@pytest.mark.parametrize(
    ("error", "digit"), [(9.9, 1.0), (10.0, 10.0), (242.0, 100.0), (0.2, 1.0), (0.0, 1.0), (np.nan, np.nan)]
)
def test_the_last_digit_is_the_power_of_ten_at_or_below_the_error(error, digit):
    np.testing.assert_equal(last_digit(error), digit)


def test_tables_of_both_forms_are_written_in_the_digits_they_bear(tmp_path):
    quantiles = np.quantile(people(3)[:, 0], [0.1, 0.5, 0.9])
    rows = [("mean", np.nan, people(3)[:, 0].mean()), *zip(["quantile"] * 3, [0.1, 0.5, 0.9], quantiles, strict=True)]
    long = pd.DataFrame(rows, columns=["output_type", "output_type_id", "value"])
    known = long.assign(value=1_234_567.0)  # as on census day
    table = pd.concat([long.assign(year=2030), known.assign(year=2020)])
    table = table.assign(scenario="central", region="here", sex="male", age_group="100+")[list(TABLES["ages"].names)]
    write_csv(borne(table, DRAWS), tmp_path / "ages.csv", TABLES["ages"])
    written = pd.read_csv(tmp_path / "ages.csv")
    assert set(written.loc[written["year"] == 2020, "value"]) == {1_234_567}
    later = written.loc[written["year"] == 2030, "value"].to_numpy()
    assert (later % 1000 == 0).all()
    assert (later % 10_000 != 0).any(), "the guard digit"
    wide = pd.DataFrame({"shown": [quantiles[1]], "q10": [quantiles[0]], "q90": [quantiles[2]], "year": [2030]})
    assert (borne(wide, DRAWS)[["shown", "q10", "q90"]].to_numpy() % 1000 == 0).all()
    assert borne(wide, DRAWS)["year"].tolist() == [2030]


def test_columns_of_an_interval_are_found_by_any_of_their_names():
    one = {"q10": [-1.0], "q90": [1.0]}
    names = [
        {"shown": [0.0], **one},
        {"median": [0.0], **one},
        {"gap": [0.0], "gap_q10": [-1.0], "gap_q90": [1.0]},
        {"ours_median": [0.0], "ours_lower_80": [-1.0], "ours_upper_80": [1.0]},
    ]
    for columns in names:
        errors = standard_errors(pd.DataFrame(columns), DRAWS)
        assert set(errors) == set(columns)
        middle, low, high = (errors[name][0] for name in columns)
        assert middle == pytest.approx(monte_carlo_error(0.5, DRAWS) / 1.2815516)
        assert low == high == pytest.approx(monte_carlo_error(0.1, DRAWS) / 1.2815516)
    outer = standard_errors(pd.DataFrame({"mean": [0.0], "lower_95": [-1.0], "upper_95": [1.0]}), DRAWS)
    assert outer["mean"][0] == pytest.approx(DRAWS**-0.5 / 1.959964)
    assert standard_errors(pd.DataFrame({"met_probability": ["0.5"]}), 100)["met_probability"][0] == 0.05

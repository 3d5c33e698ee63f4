import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from need_case import PEOPLE, YEARS, choice, drawn

from pipeline.shortfall.rows import LOCAL_COUNT, local_counts, need_rows
from pipeline.summary import interval_shown, monte_carlo_error, shown_parts, spread


def test_shown_parts_sum_to_what_is_shown_of_the_whole():
    table = need_rows(drawn(), PEOPLE, YEARS)
    for measure, column, whole in (
        ("disabled", "severity", "li_2022"),
        ("residents", "severity", "li_2022"),
        ("caregivers", "setting", "li_2022"),
    ):
        rows = table[(table["measure"] == measure) & (table["definition"] == whole)]
        parts = rows[rows[column].notna() & (rows[column] != "home")].groupby("year")["shown"].sum()
        np.testing.assert_array_equal(parts, rows[rows[column].isna()].set_index("year")["shown"])
    assert (table["shown"] == table["shown"].round()).all()
    assert (table["q10"] <= table["q90"]).all()
    assert (table["measure"] == "dementia").sum() == len(YEARS)
    for definition in choice().definitions:
        rows = table[(table["definition"] == definition) & (table["measure"] == "disabled")]
        assert rows["severity"].isna().sum() == len(YEARS)


def test_the_whole_is_the_median_of_the_draws():
    table = need_rows(drawn(), PEOPLE, YEARS)
    beds = table[table["measure"] == "nursing_beds"].set_index("year")["shown"]
    by_draw = drawn().need("li_2022", PEOPLE).beds[..., 1]
    np.testing.assert_array_equal(beds, interval_shown(by_draw)[1])
    error = monte_carlo_error(0.5, len(by_draw)) * spread(*np.quantile(by_draw, (0.1, 0.9), axis=0))
    assert (np.abs(beds - np.median(by_draw, axis=0)) <= error / 2).all()


def test_the_first_draws_and_some_years_are_those_of_the_whole():
    some = drawn().some(slice(2), [2022, 2026])
    whole, part = drawn().need("li_2022", PEOPLE), some.need("li_2022", PEOPLE[:2, [2, 6]])
    np.testing.assert_allclose(part.beds, whole.beds[:2, [2, 6]])
    np.testing.assert_allclose(part.carers, whole.carers[:2, [2, 6]])


def test_a_published_count_stands_beside_the_definitions():
    figures = pd.DataFrame(
        [("here", "disabled_60plus", 2016, 768_100, "hukou", "press"), ("there", "disabled_60plus", 2016, 1, "", "")],
        columns=["region", "indicator", "year", "value", "basis", "source"],
    )
    rows = local_counts(figures, "here")
    assert rows[["definition", "year", "shown", "basis"]].to_numpy().tolist() == [[LOCAL_COUNT, 2016, 768_100, "hukou"]]
    assert rows[["q10", "q90"]].isna().all(axis=None)


@given(arrays(float, (3, 4), elements=st.floats(0, 1e6)), st.integers(-1000, 10**7))
def test_parts_of_anything_sum(parts, total):
    assert shown_parts(float(total), parts).sum() == total

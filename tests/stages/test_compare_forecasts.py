import pandas as pd
import pytest

from pipeline.stages.compare_forecasts import CELL, EIGHTY, moved_by_counts


def forecast(median, half):
    cells = pd.MultiIndex.from_product([["china"], [2020, 2028, 2030, 2035], ["60+", "65+", "80+"]], names=CELL)
    return pd.DataFrame([[median, median - half, median + half]] * len(cells), index=cells, columns=EIGHTY)


def test_what_counts_moved_is_told_of_the_next_plans_last_year_and_of_the_last():
    moved = moved_by_counts(forecast(100.0, 20.0), forecast(110.0, 11.0), plan_year=2028)
    assert moved[["year", "age_group"]].to_numpy().tolist() == [
        [2028, "60+"],
        [2028, "80+"],
        [2035, "60+"],
        [2035, "80+"],
    ]
    assert moved["change_percent"].tolist() == pytest.approx([10.0] * 4)
    assert moved["width_before_percent"].tolist() == pytest.approx([20.0] * 4)
    assert moved["width_after_percent"].tolist() == pytest.approx([10.0] * 4)

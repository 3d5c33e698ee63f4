import numpy as np
import pandas as pd
import pytest

from pipeline.summary import QUANTILES, long_table, summarised


def test_mean_and_quantiles_of_known_draws():
    found = summarised(np.arange(1001.0)[:, None] ** 2)
    np.testing.assert_allclose(found[:, 0], [333_500, 25**2, 100**2, 500**2, 900**2, 975**2])


def test_one_draw_is_its_own_mean_and_every_quantile():
    draw = np.array([[[1.5, -2.0], [0.0, 7.0]]])
    found = summarised(draw)
    assert found.shape == (1 + len(QUANTILES), 2, 2)
    np.testing.assert_array_equal(found, np.broadcast_to(draw, found.shape))


def test_what_is_not_known_in_every_draw_stays_blank_and_its_neighbour_does_not():
    found = summarised(np.array([[np.nan, 1.0], [2.0, 3.0]]))
    assert np.isnan(found[:, 0]).all()
    assert not np.isnan(found[:, 1]).any()


def test_a_long_table_has_each_value_at_its_labels():
    draws = np.arange(24.0).reshape(2, 3, 4)
    table = long_table(summarised(draws), {"year": [2020, 2021, 2022], "group": list("abcd")})
    assert list(table.columns) == ["year", "group", "output_type", "output_type_id", "value"]
    assert len(table) == 6 * 12
    mean = table[table["output_type"] == "mean"]
    assert mean["output_type_id"].isna().all()
    assert mean.set_index(["year", "group"])["value"].loc[2021, "c"] == (6 + 18) / 2
    upper = table[table["output_type_id"] == 0.9].set_index(["year", "group"])["value"]
    assert upper.loc[2022, "d"] == pytest.approx(11 + 0.9 * 12)
    assert set(table.loc[table["output_type"] == "quantile", "output_type_id"]) == set(QUANTILES)


def test_a_long_table_turns_back_into_its_summary():
    summary = summarised(np.random.default_rng(1).normal(size=(5, 2, 3)))
    table = long_table(summary, {"year": [2020, 2021], "group": ["x", "y", "z"]})
    order = table["output_type_id"].fillna(-1.0)
    wide = pd.pivot_table(table.assign(order=order), index="order", columns=["year", "group"], values="value")
    np.testing.assert_array_equal(wide.to_numpy().reshape(summary.shape), summary)


@pytest.mark.parametrize("axes", [{"year": [2020]}, {"year": [2020, 2021, 2022]}, {"year": [2020, 2021], "a": [1]}])
def test_axes_that_do_not_fit_are_refused(axes):
    with pytest.raises(ValueError, match="does not fit"):
        long_table(summarised(np.zeros((3, 2))), axes)

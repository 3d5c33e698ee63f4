"""Sensitivity: functions whose indices are known in closed form, the same table from the same seed, bad input."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from pipeline.shortfall.sensitivity import UncertainInput, sensitivity


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ISHIGAMI = [UncertainInput(name, -np.pi, np.pi) for name in ("x1", "x2", "x3")]
LINEAR = [
    UncertainInput("small", 0.0, 1.0),
    UncertainInput("large", -2.0, 2.0),
    UncertainInput("none", 0.0, 9.0),
    UncertainInput("fixed", 3.0, 3.0),
]


def linear(x: np.ndarray) -> np.ndarray:
    return 3.0 * x[:, 0] - x[:, 1] + 0.0 * x[:, 2] + x[:, 3]


def ranking(
    model: Callable[[np.ndarray], np.ndarray], inputs: Sequence[UncertainInput], seed: int, base_samples: int = 1024
) -> pd.DataFrame:
    """Sensitivity of a model with one result, by input in their order of rank."""
    table = sensitivity(lambda x: model(x)[:, None], ["y"], inputs, seed, base_samples)
    return table.drop(columns="result").set_index("input")


def test_ishigami_has_its_known_indices() -> None:
    """Closed forms of Ishigami & Homma (1990) with a = 7, b = 0.1."""
    found = ranking(ishigami, ISHIGAMI, 1, 4096)
    expected = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
    for name, (first, total) in expected.items():
        assert found.loc[name, "first_order"] == pytest.approx(first, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(total, abs=0.02)
    assert list(found.index) == ["x1", "x2", "x3"]
    assert list(found["rank"]) == [1, 2, 3]


def test_shares_of_a_linear_gap_are_those_of_the_variances() -> None:
    """Var = 9/12 and 16/12 for uniform inputs of width 1 (weight 3) and 4 (weight 1)."""
    found = ranking(linear, LINEAR, 2)
    for name, share in {"large": 16 / 25, "small": 9 / 25, "none": 0.0, "fixed": 0.0}.items():
        assert found.loc[name, "first_order"] == pytest.approx(share, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(share, abs=0.02)
        half = found.loc[name, "total_conf"]
        assert abs(found.loc[name, "total"] - share) <= 2 * half + 1e-12
    assert found.loc["large", "rank"] == 1


def test_the_tornado_moves_one_input_between_its_ends() -> None:
    found = ranking(linear, LINEAR, 2, 64)
    assert found.loc["small", ["input_low", "input_high"]].tolist() == pytest.approx([0.1, 0.9])
    assert found.loc["small", ["at_low", "at_high"]].tolist() == pytest.approx([3.3, 5.7])
    assert found.loc["large", ["at_low", "at_high"]].tolist() == pytest.approx([4.5 + 1.6, 4.5 - 1.6])
    assert found.loc["fixed", ["at_low", "at_high"]].tolist() == pytest.approx([4.5, 4.5])


def test_lognormal_factors_of_a_product_share_the_variance_of_its_logarithm() -> None:
    inputs = [UncertainInput("a", 0.5, 2.0, "lognormal"), UncertainInput("b", 0.25, 4.0, "lognormal")]
    found = ranking(lambda x: np.log(x[:, 0] * x[:, 1]), inputs, 3, 4096)
    assert found.loc["a", "total"] == pytest.approx(1 / 5, abs=0.02)
    assert found.loc["b", "total"] == pytest.approx(4 / 5, abs=0.02)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "share"])
def test_an_interval_is_the_tenth_and_ninetieth_percentile(shape: str) -> None:
    item = UncertainInput("x", 0.2, 0.6, shape)  # type: ignore[arg-type]
    np.testing.assert_allclose(item.at([0.1, 0.9]), [0.2, 0.6])
    ends = item.at([0.0, 1.0])
    assert np.isfinite(ends).all()
    assert shape == "normal" or ends[0] > 0
    assert shape != "share" or ends[1] < 1
    np.testing.assert_allclose(UncertainInput("x", 0.2, 0.6).at([0.0, 0.5, 1.0]), [0.2, 0.4, 0.6])


def test_the_same_seed_gives_the_same_table_and_another_seed_another() -> None:
    first, again, other = (ranking(ishigami, ISHIGAMI, seed, 256) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first["total"], other["total"], rtol=1e-6)


def test_a_gap_that_never_changes_depends_on_nothing() -> None:
    table = ranking(lambda x: np.full(len(x), 7.0), LINEAR, 1, 8)
    assert (table[["first_order", "total", "total_conf"]] == 0.0).all(axis=None)


def test_the_model_is_called_with_all_rows_at_once_for_all_results() -> None:
    rows = []

    def two(x: np.ndarray) -> np.ndarray:
        rows.append(len(x))
        return np.stack([linear(x), 2 * x[:, 0]], axis=1)

    table = sensitivity(two, ["one", "other"], LINEAR, 1, 128)
    assert sorted(rows) == [2 * 4, 128 * (4 + 2)]
    alone = ranking(linear, LINEAR, 1, 128)
    pd.testing.assert_frame_equal(table[table["result"] == "one"].drop(columns="result").set_index("input"), alone)
    assert table.loc[table["result"] == "other", "input"].iloc[0] == "small"

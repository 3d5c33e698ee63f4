"""Sensitivity: functions whose indices are known in closed form, the same table from the same seed, bad input."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.shortfall.sensitivity import COLUMNS, UncertainInput, sensitivity


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


def by_name(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("input")


def test_ishigami_has_its_known_indices() -> None:
    """Closed forms of Ishigami & Homma (1990) with a = 7, b = 0.1."""
    table = sensitivity(ishigami, ISHIGAMI, seed=1, base_samples=4096)
    assert tuple(table.columns) == COLUMNS
    found = by_name(table)
    expected = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
    for name, (first, total) in expected.items():
        assert found.loc[name, "first_order"] == pytest.approx(first, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(total, abs=0.02)
    assert list(table["input"]) == ["x1", "x2", "x3"]
    assert list(table["rank"]) == [1, 2, 3]


def test_shares_of_a_linear_gap_are_those_of_the_variances() -> None:
    """Var = 9/12 and 16/12 for uniform inputs of width 1 (weight 3) and 4 (weight 1)."""
    found = by_name(sensitivity(linear, LINEAR, seed=2))
    for name, share in {"large": 16 / 25, "small": 9 / 25, "none": 0.0, "fixed": 0.0}.items():
        assert found.loc[name, "first_order"] == pytest.approx(share, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(share, abs=0.02)
        half = found.loc[name, "total_conf"]
        assert abs(found.loc[name, "total"] - share) <= 2 * half + 1e-12
    assert found.loc["large", "rank"] == 1


def test_the_tornado_moves_one_input_between_its_ends() -> None:
    found = by_name(sensitivity(linear, LINEAR, seed=2, base_samples=64))
    assert found.loc["small", ["low", "high"]].tolist() == pytest.approx([0.1, 0.9])
    assert found.loc["small", ["at_low", "at_high"]].tolist() == pytest.approx([3.3, 5.7])
    assert found.loc["large", ["at_low", "at_high"]].tolist() == pytest.approx([4.5 + 1.6, 4.5 - 1.6])
    assert found.loc["fixed", ["at_low", "at_high"]].tolist() == pytest.approx([4.5, 4.5])


def test_lognormal_factors_of_a_product_share_the_variance_of_its_logarithm() -> None:
    inputs = [UncertainInput("a", 0.5, 2.0, "lognormal"), UncertainInput("b", 0.25, 4.0, "lognormal")]
    found = by_name(sensitivity(lambda x: np.log(x[:, 0] * x[:, 1]), inputs, seed=3, base_samples=4096))
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
    first, again, other = (sensitivity(ishigami, ISHIGAMI, seed, 256) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first["total"], other["total"], rtol=1e-6)


def test_a_gap_that_never_changes_depends_on_nothing() -> None:
    table = sensitivity(lambda x: np.full(len(x), 7.0), LINEAR, seed=1, base_samples=8)
    assert (table[["first_order", "total", "first_order_conf", "total_conf"]] == 0.0).all(axis=None)


def test_the_model_is_called_with_all_rows_at_once() -> None:
    rows = []

    def gap(x: np.ndarray) -> np.ndarray:
        rows.append(len(x))
        return linear(x)

    sensitivity(gap, LINEAR, seed=1, base_samples=128)
    assert sorted(rows) == [2 * 4, 128 * (4 + 2)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sensitivity(linear, [], 1), "inputs: found none"),
        (lambda: sensitivity(linear, [LINEAR[0]] * 2, 1), "inputs: found small, small, expected"),
        (lambda: sensitivity(linear, LINEAR, 1, 100), "base_samples: found 100, expected a power of 2"),
        (lambda: sensitivity(lambda x: x, LINEAR, 1, 8), r"result: found shape \(48, 4\), expected one number"),
        (lambda: sensitivity(lambda x: 1 / np.zeros(len(x)), LINEAR, 1, 8), "result: found 48 rows without"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_cannot_be_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()

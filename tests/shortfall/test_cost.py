"""Cost: prices of one year by hand, the region's own figures, intervals that scale with what is added."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.random import stream
from pipeline.shortfall.cost import KINDS, UnitCost, cost_columns, price_level, unit_costs

RAW = Path(__file__).parents[2] / "data" / "raw"
COSTS, PRICES = (pd.read_csv(RAW / f"{name}.csv") for name in ("unit_costs", "consumer_prices"))


def test_prices_of_2016_in_those_of_2025() -> None:
    """By hand: 1.016 · 1.021 · 1.029 · 1.025 · 1.009 · 1.020 · 1.002 · 1.002 · 1."""
    assert price_level(PRICES, 2016, 2025) == pytest.approx(1.1306, abs=1e-4)
    assert price_level(PRICES, 2025, 2016) == pytest.approx(1 / 1.1306, abs=1e-4)
    assert price_level(PRICES, 2020, 2020) == 1.0


def test_a_price_year_without_prices_is_named() -> None:
    with pytest.raises(ValueError, match=r"next_plan.price_year: found 2031, expected a year to which consumer_prices"):
        price_level(PRICES, 2023, 2031)


def test_two_figures_of_the_region_stand_alone_and_one_does_not() -> None:
    zhejiang, wuhan = (unit_costs(COSTS, PRICES, region, 2025) for region in ("zhejiang", "wuhan"))
    assert zhejiang["capital_subsidy"].own
    assert (zhejiang["capital_subsidy"].low, zhejiang["capital_subsidy"].high) == (
        pytest.approx(3000 * price_level(PRICES, 2011, 2025)),
        pytest.approx(6000 * price_level(PRICES, 2024, 2025)),
    )
    assert not wuhan["capital_investment"].own
    assert wuhan["capital_investment"].high == pytest.approx(381_679 * price_level(PRICES, 2016, 2025))
    assert wuhan["capital_subsidy"].low < zhejiang["capital_subsidy"].low
    for region in ("xuchang", "inner_mongolia"):
        found = unit_costs(COSTS, PRICES, region, 2025)
        assert not any(item.own for item in found.values()), "no unit cost of their own is published"
        assert {item.grade for item in found.values()} == {"C"}


def test_every_kind_is_an_interval_in_every_region() -> None:
    for region in set(COSTS["region"]) | {"xuchang"}:
        found = unit_costs(COSTS, PRICES, region, 2025)
        assert set(found) == set(KINDS)
        for item in found.values():
            assert 0 < item.low < item.high, "never a single figure"
            assert item.sources


def test_pay_and_running_subsidies_are_of_a_year() -> None:
    found = unit_costs(COSTS, PRICES, "xuchang", 2025)
    assert found["running_subsidy"].high == pytest.approx(12 * 600 * price_level(PRICES, 2023, 2025))
    assert found["pay"].low == pytest.approx(12 * 2000 * price_level(PRICES, 2021, 2025))


def test_cost_scales_with_what_is_added_and_nothing_costs_nothing() -> None:
    price = UnitCost(2_000.0, 8_000.0, own=False, sources=("press",))
    one, two, nothing = (
        cost_columns(np.full(4000, units), units, price, stream(1, "cost")) for units in (1e7, 2e7, 0.0)
    )
    assert one == pytest.approx({"shown": 40_000, "q10": 20_000, "q90": 80_000}, rel=0.03)
    assert one["shown"] == pytest.approx(40_000)
    assert two == pytest.approx({end: 2 * value for end, value in one.items()})
    assert set(nothing.values()) == {0}

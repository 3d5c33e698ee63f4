from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from care_plan import OLD, figure, observed, plan, supplies
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from national_care import raw
from need_case import PEOPLE, YEARS, drawn

from pipeline.care.flow import Goal, National, Norm
from pipeline.errors import InputError
from pipeline.random import stream
from pipeline.shortfall.additions import (
    KINDS,
    Ahead,
    UnitCost,
    additions_rows,
    cost_columns,
    periods,
    price_level,
    shown_parts_of,
    unit_costs,
)
from pipeline.shortfall.gap import required_by_need, required_of_region
from pipeline.shortfall.next_plan import next_plan_rows, planned_resources
from pipeline.summary import last_digit, monte_carlo_error, spread
from pipeline.vocabulary import ADDITION_PARTS

PERIOD_ENDS = (2025, 2030, 2035)
AMOUNTS = st.floats(0, 1e6)


@settings(max_examples=80, deadline=None)
@given(
    arrays(float, (5, 3), elements=AMOUNTS),
    arrays(float, 5, elements=AMOUNTS),
    arrays(float, 5, elements=st.floats(0, 0.4)),
)
def test_parts_sum_and_the_stock_ends_at_what_is_required_or_above(required, existing, closing):
    stock = existing
    for period, end in zip(periods(required, existing, closing, PERIOD_ENDS), PERIOD_ENDS[1:], strict=True):
        np.testing.assert_allclose(period.shortfall + period.ageing + period.closures, period.signed)
        np.testing.assert_array_equal(period.total, np.maximum(period.signed, 0))
        np.testing.assert_allclose(period.closures, 5 * closing * stock)
        stock = stock - period.closures + period.total
        asked = required[:, PERIOD_ENDS.index(end)]
        assert np.all(stock >= asked - 1e-6)
        np.testing.assert_allclose(stock[period.signed > 0], asked[period.signed > 0], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(
    ("required", "existing", "parts"),
    [
        # Today's shortfall counts once.
        ([120.0, 120.0, 120.0], 100.0, [(20, 0, 20), (0, 0, 0)]),
        # A surplus runs down before anything is added: 10 too many, then 6.
        ([100.0, 104.0, 108.0], 110.0, [(-10, 4, 0), (-6, 4, 0)]),
    ],
)
def test_shortfall_ageing_and_total_by_hand(required, existing, parts):
    found = periods([required], [existing], [0.0], PERIOD_ENDS)
    assert [(period.shortfall[0], period.ageing[0], period.total[0]) for period in found] == parts


def shown_parts(required, existing, shown):
    """What is shown of each part by period, from numbers shown as required at the ends of periods and as existing."""
    closing = np.full(len(existing), 0.02)
    by_draw = periods(required, existing, closing, PERIOD_ENDS)
    middle = periods(np.array([shown[:-1]]), shown[-1:], closing[:1], PERIOD_ENDS)
    found = map(shown_parts_of, by_draw, middle)
    return [{part: columns["shown"] for part, columns in parts.items()} for parts in found]


def test_shown_parts_come_from_shown_numbers():
    """By hand: 1,000 asked for today and 800 there, 1,300 in 2030, 2 % close: 40, 60 and 16 a year."""
    required = np.array([1_010.0, 1_290.0, 1_500.0]) * np.array([[0.9], [1.1]])
    first, second = shown_parts(required, np.full(2, 795.0), [1_000, 1_300, 1_500, 800])
    assert list(first.values()) == [40, 60, 16, 116]
    assert list(second.values()) == [0, 40, 26, 66]


COSTS, PRICES = raw("unit_costs.csv"), raw("consumer_prices.csv")


def test_prices_of_2016_in_those_of_2025():
    """By hand: 1.016 · 1.021 · 1.029 · 1.025 · 1.009 · 1.020 · 1.002 · 1.002 · 1."""
    assert price_level(PRICES, 2016, 2025) == pytest.approx(1.1306, abs=1e-4)
    assert price_level(PRICES, 2025, 2016) == pytest.approx(1 / 1.1306, abs=1e-4)
    assert price_level(PRICES, 2020, 2020) == 1.0


def test_a_price_year_without_prices_is_named():
    with pytest.raises(InputError, match=r"next_plan.price_year: found 2031, expected a year to which consumer_prices"):
        price_level(PRICES, 2023, 2031)


def test_two_figures_of_the_region_stand_alone_and_one_does_not():
    zhejiang, wuhan = (unit_costs(COSTS, PRICES, name, 2025) for name in ("zhejiang", "wuhan"))
    assert zhejiang["capital_subsidy"].own
    assert (zhejiang["capital_subsidy"].low, zhejiang["capital_subsidy"].high) == (
        pytest.approx(3000 * price_level(PRICES, 2011, 2025)),
        pytest.approx(6000 * price_level(PRICES, 2024, 2025)),
    )
    assert not wuhan["capital_investment"].own
    assert wuhan["capital_investment"].high == pytest.approx(381_679 * price_level(PRICES, 2016, 2025))
    assert wuhan["capital_subsidy"].low < zhejiang["capital_subsidy"].low
    for name in ("xuchang", "inner_mongolia"):
        found = unit_costs(COSTS, PRICES, name, 2025)
        assert not any(item.own for item in found.values()), "no unit cost of their own is published"


def test_every_kind_is_an_interval_in_every_region():
    for name in set(COSTS["region"]) | {"xuchang"}:
        found = unit_costs(COSTS, PRICES, name, 2025)
        assert set(found) == set(KINDS)
        for item in found.values():
            assert 0 < item.low < item.high, "never a single figure"
            assert item.sources


def test_pay_and_running_subsidies_are_of_a_year():
    found = unit_costs(COSTS, PRICES, "xuchang", 2025)
    assert found["running_subsidy"].high == pytest.approx(12 * 600 * price_level(PRICES, 2023, 2025))
    assert found["pay"].low == pytest.approx(12 * 2000 * price_level(PRICES, 2021, 2025))


def test_cost_scales_with_what_is_added_and_nothing_costs_nothing():
    price = UnitCost(2_000.0, 8_000.0, own=False, sources=("press",))
    one, two, nothing = (
        cost_columns(np.full(4000, units), units, price, stream(1, "cost")) for units in (1e7, 2e7, 0.0)
    )
    assert one == pytest.approx({"shown": 40_000, "q10": 20_000, "q90": 80_000}, rel=0.03)
    assert one["shown"] == pytest.approx(40_000)
    assert two == pytest.approx({end: 2 * value for end, value in one.items()})
    assert set(nothing.values()) == {0}


ENDS = (2022, 2024, 2026)
NATION = National(
    {},
    {},
    {"institution_beds": Norm("institution_beds", "outcome", 0.0164, 2024, "mca_bulletin")},
    (Goal("nursing_bed_share", 2023, 73.0, "plan"), Goal("nursing_bed_share", 2030, 80.0, "plan")),
)
STOCKED = (
    observed("institution_beds", 2022, 9_000),
    observed("nursing_bed_share", 2022, 50),
    observed("caregivers", 2022, 800),
)
OWN = plan(figure("institution_beds", "target", 2024, 20_000), figure("nursing_bed_share", "target", 2024, 60))


def ahead(*observations, own=OWN):
    people = {OLD: PEOPLE.sum(axis=(2, 3))}
    here, demand = (
        supplies(*observations, plan=own, national=NATION, populations=people, years=YEARS, as_of=2022),
        drawn(),
    )
    asked = [*required_of_region(here), *required_by_need(demand, PEOPLE, here)]
    return Ahead("here", here, asked, demand, PEOPLE, unit_costs(COSTS, PRICES, "here", 2025), 2025, np.full(1, 0.3), 1)


def test_shown_parts_sum_and_start_from_shown_numbers():
    rows, _ = additions_rows(ahead(*STOCKED), ENDS)
    table = pd.DataFrame(rows)
    keys = ["resource", "quantity", "yardstick", "period"]
    assert {"plan", "status_quo", "norm", "need"} <= set(table["yardstick"])
    assert not table.duplicated([*keys, "part"]).any()
    for _, part in table.groupby(keys):
        shown = part.set_index("part")["shown"]
        assert shown["total"] == max(shown[list(ADDITION_PARTS)].sum(), 0)
    beds = table[(table["quantity"] == "institution_beds") & (table["period"] == "2023-2024")]
    by_plan = beds[beds["yardstick"] == "plan"].set_index("part")["shown"]
    # The plan's first target lies in 2024: 11,000 beds more in two years; 2 percent of 9,000 close a year.
    assert (by_plan["shortfall"], by_plan["ageing"]) == (5_500, 0)
    assert by_plan["closures"] == 180
    assert by_plan["empty"] == 0.3 * 9_000
    nursing = table[table["part"] == "convertible"].set_index("yardstick")["shown"]
    assert set(nursing) == {4_500}


def test_nothing_is_added_to_a_stock_that_nobody_observed():
    rows, costs = additions_rows(ahead(), ENDS)
    assert (rows, costs) == ([], [])


def test_a_target_outside_the_years_looked_at_adds_nothing():
    late = plan(figure("institution_beds", "target", 2030, 20_000), end=2030)
    rows, _ = additions_rows(ahead(*STOCKED, own=late), ENDS)
    assert "plan" not in {row["yardstick"] for row in rows if row["quantity"] == "institution_beds"}


def test_costs_follow_the_shown_total():
    rows, costs = additions_rows(ahead(*STOCKED), ENDS)
    table, money = pd.DataFrame(rows), pd.DataFrame(costs)
    assert set(money["kind"]) == {"capital_subsidy", "capital_investment", "running_subsidy", "pay"}
    assert (money["q10"] <= money["q90"]).all()
    keys = ["resource", "quantity", "yardstick", "period"]
    total = table[table["part"] == "total"].set_index(keys)["shown"]
    price = ahead(*STOCKED).prices["capital_subsidy"]
    for row in money[money["kind"] == "capital_subsidy"].itertuples():
        units = 2 * total[row.resource, row.quantity, row.yardstick, row.period]
        digit = last_digit(monte_carlo_error(0.5, len(PEOPLE)) * spread(1e6 * row.q10, 1e6 * row.q90)) / 1e6
        assert row.shown == pytest.approx(units * np.sqrt(price.low * price.high) / 1e6, abs=5 * digit)
        assert (row.price_year, row.grade, row.own) == (2025, "C", False)


def test_the_next_plan_refers_shares_to_the_option_s_own_beds():
    rows = pd.DataFrame(next_plan_rows(ahead(*STOCKED), 2024, 2023, (0.5, 0.8)))
    last = rows[rows["year"] == 2024].set_index(["option", "resource", "measure"])["shown"]
    assert last["stand_still", "nursing_beds", "share"] == pytest.approx(50.0)
    assert last["national_goal", "nursing_beds", "share"] == pytest.approx(73.0, abs=1), (
        "the goal that holds in the year"
    )
    people = np.median(PEOPLE.sum(axis=(2, 3))[:, 4])
    assert last["national_goal", "beds", "number"] == pytest.approx(0.0164 * people, rel=0.01)
    assert ("national_goal", "beds", "no_national_goal") in last.index
    assert ("need_80", "beds", "capital_subsidy") in last.index
    assert last["need_80", "beds", "number"] > last["need_50", "beds", "number"]
    mid = rows[(rows["year"] == 2023) & (rows["measure"] == "number")].set_index(["option", "resource"])["shown"]
    asked = last["need_80", "beds", "number"]
    assert mid["need_80", "beds"] == pytest.approx(9_000 + (asked - 9_000) / 2, abs=1)


def test_people_aged_80_and_over_a_tenth_more_move_need_alone():
    beds = planned_resources(ahead(*STOCKED), 2024)["beds"]
    more = beds.need_older / beds.need
    assert np.all((more > 1.0) & (more < 1.1))


def test_another_region_s_measure_is_never_a_norm():
    """Norms are the nation's: without a national outcome nothing stands in."""
    base = ahead(*STOCKED)
    alone = replace(base.supplies, national=National({}, {}, {}))
    resources = planned_resources(replace(base, supplies=alone), 2024)
    assert all(item.national is None for item in resources.values())

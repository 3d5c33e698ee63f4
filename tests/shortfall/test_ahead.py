"""From supplies and need to rows: identities of what is shown, options of the next plan, money beside them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from care_plan import INDICATORS, OLD, OUTLOOK, figure, observed, plan, region
from need_case import PEOPLE, YEARS, drawn

from pipeline.care.flow import Goal, National, Norm
from pipeline.care.supply import Supplies
from pipeline.care.yardstick import plan_rules
from pipeline.domain import Observation, Plan
from pipeline.shortfall.additions import additions_rows
from pipeline.shortfall.ahead import Ahead
from pipeline.shortfall.by_need import required_by_need
from pipeline.shortfall.cost import unit_costs
from pipeline.shortfall.gap import required_of_region
from pipeline.shortfall.next_plan import next_plan_rows, planned_resources
from pipeline.summary import last_digit, monte_carlo_error, spread
from pipeline.vocabulary import ADDITION_PARTS

RAW = Path(__file__).parents[2] / "data" / "raw"
COSTS, PRICES = (pd.read_csv(RAW / f"{name}.csv") for name in ("unit_costs", "consumer_prices"))
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


def ahead(*observations: Observation, own: Plan = OWN, people: np.ndarray = PEOPLE) -> Ahead:
    here = region(*observations, populations={OLD: people.sum(axis=(2, 3))}, years=YEARS, as_of=2022)
    supplies = Supplies(here, OUTLOOK, INDICATORS, NATION, plan_rules(own, INDICATORS, YEARS[0]))
    demand = drawn()
    asked = [*required_of_region(supplies), *required_by_need(demand, people, supplies)]
    prices = unit_costs(COSTS, PRICES, "here", 2025)
    return Ahead("here", supplies, asked, demand, people, prices, 2025, np.full(1, 0.3), 1)


def test_shown_parts_sum_and_start_from_shown_numbers() -> None:
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


def test_nothing_is_added_to_a_stock_that_nobody_observed() -> None:
    rows, costs = additions_rows(ahead(), ENDS)
    assert (rows, costs) == ([], [])


def test_a_target_outside_the_years_looked_at_adds_nothing() -> None:
    late = plan(figure("institution_beds", "target", 2030, 20_000), end=2030)
    rows, _ = additions_rows(ahead(*STOCKED, own=late), ENDS)
    assert "plan" not in {row["yardstick"] for row in rows if row["quantity"] == "institution_beds"}


def test_costs_follow_the_shown_total() -> None:
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


def test_the_next_plan_refers_shares_to_the_option_s_own_beds() -> None:
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


def test_people_aged_80_and_over_a_tenth_more_move_need_alone() -> None:
    beds = planned_resources(ahead(*STOCKED), 2024)["beds"]
    assert beds.need is not None
    assert beds.need_older is not None
    more = beds.need_older / beds.need
    assert np.all((more > 1.0) & (more < 1.1))


def test_another_region_s_measure_is_never_a_norm() -> None:
    """Norms are the nation's: without a national outcome nothing stands in."""
    base = ahead(*STOCKED)
    alone = replace(base.supplies, national=National({}, {}, {}))
    resources = planned_resources(replace(base, supplies=alone), 2024)
    assert all(item.national is None for item in resources.values())

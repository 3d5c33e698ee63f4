"""From need to rows: parts that sum, beds fit for use, full-time equivalents, plans that train, drivers and inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from care_plan import INDICATORS, OLD, OUTLOOK, figure, indicator
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from need_case import DRAWS, PEOPLE, YEARS, choice, drawn

from pipeline.care.demand import Demand
from pipeline.care.supply import Published, Region
from pipeline.domain import Figure, Indicator
from pipeline.shortfall.gap import Series, region_series
from pipeline.shortfall.rows import region_tables
from pipeline.summary import Amount, summarised

STOCKED = (
    figure("institution_beds", "baseline", 2021, 9_000.0),
    figure("certified_caregivers", "baseline", 2021, 800.0),
)


def region(figures: Sequence[Figure], **other: object) -> Region:
    arguments = {
        "figures": figures,
        "populations": {OLD: PEOPLE.sum(axis=(2, 3))},
        "past_60plus": {2010: 3e5, 2020: 5e5},
        "hukou_ratio": None,
        "imputed_factor": np.array([0.8, 1.0, 1.4]),
        "horizon": (2021, 2025),
        "years": YEARS,
        "outlook": OUTLOOK,
    }
    return Region(**(arguments | other))  # type: ignore[arg-type]


def series_of(
    figures: Sequence[Figure] = STOCKED,
    need: Demand | None = None,
    published: Published | None = None,
    indicators: dict[str, Indicator] = INDICATORS,
) -> list[Series]:
    found = published or Published({}, {})
    return list(region_series(region(figures), indicators, found, need or drawn(), PEOPLE))


def only(series: Sequence[Series], **wanted: object) -> Series:
    keys = {"severity": None, "setting": None} | wanted
    (found,) = [item for item in series if all(getattr(item, key) == value for key, value in keys.items())]
    return found


# Targets held after their year, and distributions


def test_rows_after_the_last_targets_year_are_marked_carried_and_supply_never_is() -> None:
    target = figure("institution_beds", "target", 2024, 12_000.0)
    rows = region_tables(series_of([*STOCKED, target]), YEARS).gap
    plan = rows[(rows["resource"] == "beds") & (rows["yardstick"] == "plan")]
    asked = plan[plan["measure"].isin(["required", "gap", "met_probability"]) & plan["bed_basis"].eq("nominal")]
    assert len(asked)
    assert (asked["carried"] == (asked["year"] > 2024)).all()
    assert not plan.loc[plan["measure"].isin(["supply", "empty"]), "carried"].any()
    assert not rows.loc[rows["yardstick"] == "norm", "carried"].any()


def test_the_curve_holds_the_distribution_of_what_is_required_in_the_last_year() -> None:
    series = series_of()
    curve = region_tables(series, YEARS).curve
    need = only(
        series, resource="beds", yardstick="need", definition="li_2022", measure="required", bed_basis="nominal"
    )
    part = curve[(curve["resource"] == "beds") & (curve["definition"] == "li_2022")]
    assert (curve["year"] == YEARS[-1]).all()
    assert part["value"].is_monotonic_increasing
    below, above = (part.loc[part["probability"].sub(level).abs().idxmin(), "value"] for level in (0.495, 0.505))
    assert below <= np.median(need.values[:, -1]) <= above
    assert not curve.duplicated(["resource", "yardstick", "definition", "probability"]).any()


# What is reported of draws


@given(st.integers(1, 41).flatmap(lambda n: arrays(float, (n, 2), elements=st.floats(-1e6, 1e6))))
def test_a_summary_is_the_mean_and_the_quantiles(draws: np.ndarray) -> None:
    np.testing.assert_allclose(Amount(draws).summary, summarised(draws), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 11, 21, 40, 41, 1001, 4000])
def test_the_order_of_an_amount_carries_over_to_what_follows_from_it(count: int) -> None:
    draws = np.random.default_rng(count).lognormal(size=(count, 3))
    amount = Amount(draws)
    for function in (lambda v: 3 * v - 7, lambda v: np.maximum(v - 1, 0)):
        np.testing.assert_allclose(amount.rising(function).summary[1:], summarised(function(draws))[1:], atol=2e-3)
    for function in (lambda v: 5 - v, lambda v: 2 / v):
        found = amount.falling(function).summary
        np.testing.assert_allclose(found[0], function(draws).mean(axis=0))
        exact = np.quantile(function(draws), (0.025, 0.1, 0.5, 0.9, 0.975), axis=0)
        np.testing.assert_allclose(found[1:], exact, rtol=1e-9)


def test_what_is_not_known_in_every_draw_is_blank_and_one_draw_stands_for_all_that_agree() -> None:
    draws = np.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]])
    assert np.isnan(Amount(draws).summary[:, 1]).all()
    assert not Amount.of(draws).certain
    assert Amount.of(np.array([[1.0, np.nan], [1.0, np.nan]])).certain


# Need in the gap table


def test_every_definition_is_held_against_the_supply_on_every_path() -> None:
    series = series_of()
    for resource in ("beds", "caregivers", "social_workers"):
        paths = {
            (item.definition, item.supply_path)
            for item in series
            if (item.resource, item.yardstick, item.measure) == (resource, "need", "met_probability")
        }
        assert paths == {
            (name, path) for name in choice().definitions for path in ("held", "no_new_policy", "plan_delivered")
        }
    beds = {
        name: only(series, resource="beds", yardstick="need", definition=name, measure="required").values
        for name in choice().definitions
    }
    assert np.all(beds["census_selfcare"] < beds["li_2022"])


def test_usable_beds_are_fewer_and_a_paper_surplus_goes_with_empty_beds() -> None:
    """85 of 100 beds can be slept in and 45 are: what is short of usable beds is short by 15 in 100 more."""
    beds = {"resource": "beds", "yardstick": "need", "definition": "li_2022", "supply_path": "held"}
    series = series_of()
    nominal, usable = (
        {name: only(series, measure=name, bed_basis=basis, **beds).values for name in ("supply", "gap")}
        for basis in ("nominal", "usable")
    )
    np.testing.assert_allclose(usable["supply"], 0.85 * nominal["supply"])
    np.testing.assert_allclose(usable["gap"] - nominal["gap"], 0.15 * nominal["supply"] * np.ones((DRAWS, 1)))
    empty = only(series, measure="empty", bed_basis="nominal", **beds)
    np.testing.assert_allclose(empty.values, 0.55 * nominal["supply"])
    assert only(series, measure="gap", bed_basis="usable", **beds).assumed


def test_social_workers_follow_the_plan_s_rule_on_the_beds_and_residents_of_need() -> None:
    figures = (*STOCKED, figure("beds_per_worker", "norm", None, 60.0))
    series = series_of(figures)
    key = {"yardstick": "need", "definition": "li_2022", "measure": "required"}
    workers, beds = (only(series, resource=name, **key) for name in ("social_workers", "beds"))
    np.testing.assert_allclose(workers.values, beds.values / 60)
    named = INDICATORS | {"residents_per_worker": replace_denominator(INDICATORS["residents_per_worker"])}
    series = series_of((*STOCKED, figure("residents_per_worker", "norm", None, 100.0)), indicators=named)
    residents = only(series, resource="beds", **key).values * np.array([[0.7], [0.75], [0.85]])
    np.testing.assert_allclose(only(series, resource="social_workers", **key).values, residents / 100)


def replace_denominator(item: Indicator) -> Indicator:
    """The rule per resident, with residents under the name that need gives them."""
    return item.model_copy(update={"numerator": "institution_residents"})


def test_a_count_nobody_published_is_named_in_the_row() -> None:
    series = series_of((*STOCKED, figure("residents_per_worker", "norm", None, 100.0)))
    rows, *_ = region_tables(series, YEARS)
    asked = rows[(rows["resource"] == "social_workers") & (rows["measure"] == "required")]
    assert set(asked.loc[asked["yardstick"] == "plan", "unknown"]) == {"residents"}
    assert asked.loc[asked["yardstick"] == "norm", "unknown"].isna().all()


def test_a_plan_that_trains_delivers_entrants_and_one_that_promises_nothing_what_there_is() -> None:
    """1,200 person-times in 2021-2025, of which 240 a year count after the stock's year 2021, a tenth new staff."""
    trains = INDICATORS | {"trained": indicator("person_times", "caregivers")}
    trained = figure("certified_caregivers", "target", 2025, 1_200.0, basis="not_applicable")
    figures = (*STOCKED, trained.model_copy(update={"indicator": "trained", "unit": "person_times"}))
    series = series_of(figures, indicators=trains)
    key = {"resource": "caregivers", "yardstick": "norm", "measure": "supply", "unit_basis": "heads"}
    held, delivered = (only(series, supply_path=path, **key).values for path in ("held", "plan_delivered"))
    kept = float(OUTLOOK.staff.kept[0])
    added = 24 * np.array([1, 1 + kept, 1 + kept + kept**2, 1 + kept + kept**2 + kept**3])
    np.testing.assert_allclose((delivered - held)[0, 2:6], added)
    silent = series_of()
    for resource in ("beds", "caregivers"):
        lines = [
            only(silent, resource=resource, yardstick="norm", measure="gap", supply_path=path, **where).values
            for path in ("held", "plan_delivered")
            for where in ([{"bed_basis": "nominal"}] if resource == "beds" else [{"unit_basis": "heads"}])
        ]
        np.testing.assert_array_equal(*lines)


def test_a_share_without_a_number_is_delivered_on_the_beds_there_are() -> None:
    """55 % of 9,000 beds, not of what a norm would ask for."""
    figures = (
        *STOCKED,
        figure("nursing_share", "baseline", 2021, 30.0),
        figure("nursing_share", "target", 2025, 55.0),
    )
    key = {"resource": "nursing_beds", "yardstick": "plan", "measure": "supply", "bed_basis": "nominal"}
    supply = only(series_of(figures), supply_path="plan_delivered", **key)
    np.testing.assert_allclose(supply.values[:, 1:], [[2_700, 3_262.5, 3_825, 4_387.5, 4_950, 4_950]])


# Rows


def test_rows_carry_a_probability_once_and_what_nobody_knows_as_one_blank() -> None:
    rows, verdicts, _ = region_tables(series_of(), YEARS)
    probability = rows[rows["measure"] == "met_probability"]
    assert set(probability["output_type"]) <= {"mean", "quantile"}
    known = probability[probability["value"].notna()]
    assert set(known["output_type"]) == {"mean"}
    assert known["value"].between(0, 1).all()
    blank = rows[(rows["resource"] == "social_workers") & (rows["measure"] == "gap")]
    assert blank["value"].isna().all()
    assert set(blank["output_type_id"]) == {0.5}
    held = verdicts[(verdicts["resource"] == "beds") & (verdicts["supply_path"] == "held")].set_index("yardstick")
    assert held.loc["norm", "target_year"] == 2025
    assert set(held.loc[["need"], "target_year"]) == {2026}
    required = only(series_of(), resource="beds", yardstick="norm", measure="required").values[:, 5]
    np.testing.assert_allclose(held.loc["norm", "required_per_year"], np.median(required - 9_000) / 4)
    left = 9_000 * 0.98**4
    needed = (required - left) / sum(0.98**k for k in range(4))
    np.testing.assert_allclose(held.loc["norm", "intake_per_year"], np.median(needed))

"""One region: requirement, supply and gap of every resource under both yardsticks, known, imputed and blank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from care_plan import INDICATORS, OLD, OUTLOOK, figure, ratio
from hypothesis import given
from hypothesis import strategies as st

from pipeline.care.flow import PastTrend
from pipeline.care.published import Rate, Trend
from pipeline.care.supply import Published, Region
from pipeline.care.yardstick import (
    RESOURCES,
    effective_basis,
    norm_rules,
    plan_rules,
    quantity_of,
    stated_ratio,
    stated_stock,
    with_norms,
)
from pipeline.domain import Catalogue, Figure
from pipeline.inputs.catalogue import load_catalogue
from pipeline.shortfall.gap import Series, region_series

ROOT = Path(__file__).parents[2]
YEARS = range(2020, 2027)
PEOPLE = np.array([[1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6, 1.5e6, 1.6e6], [1.2e6] * 7, [1e6] * 7])
NOTHING = Published({}, {})

TREND = Trend(PastTrend(0.1, 0.0, 0.0), 2020, 2024, "nation", "nursing_beds")


def region(figures: Sequence[Figure], hukou: Sequence[float] | None = None, end: int = 2025) -> Region:
    return Region(
        figures=figures,
        populations={OLD: PEOPLE},
        past_60plus={2010: 640_000.0, 2020: 1e6},
        hukou_ratio=None if hukou is None else np.array(hukou)[:, None] * np.ones(len(YEARS)),
        imputed_factor=np.array([1.0, 0.5, 2.0]),
        horizon=(2021, end),
        years=YEARS,
        outlook=OUTLOOK,
    )


def series_of(
    figures: Sequence[Figure],
    published: Published = NOTHING,
    hukou: Sequence[float] | None = None,
    end: int = 2025,
) -> list[Series]:
    """Series of beds as published and of staff as heads: what the plan's own numbers are held against."""
    found = region_series(region(figures, hukou, end), INDICATORS, published)
    return [item for item in found if item.bed_basis != "usable" and item.measure != "empty"]


def chosen(series: list[Series], **wanted: object) -> list[Series]:
    return [item for item in series if all(getattr(item, key) == value for key, value in wanted.items())]


def only(series: list[Series], **wanted: object) -> Series:
    """The one series wanted; of supplies and gaps the held one where no path is named."""
    if wanted.get("measure", "required") != "required":
        wanted = {"supply_path": "held"} | wanted
    (found,) = chosen(series, **wanted)
    return found


# The rules a plan sets


def test_of_figures_for_one_year_the_most_precise_counts() -> None:
    figures = [
        figure("institution_beds", "target", 2025, 33_000, comparator="about"),
        figure("institution_beds", "target", 2025, 32_662, comparator="=", suffix="exact"),
        figure("institution_beds", "target", 2025, 34_000, comparator=">=", suffix="least"),
    ]
    for ordered in (figures, figures[::-1]):
        (rule,) = plan_rules(ordered, INDICATORS, 2020)
        assert [point.value for point in rule.targets] == [32_662]
    (rule,) = plan_rules([figures[0], figures[2]], INDICATORS, 2020)
    assert rule.targets[0].value == 34_000


def test_the_baseline_of_a_path_is_the_last_one_before_its_first_target() -> None:
    figures = [
        figure("beds_per_1000", "baseline", 2015, 48.6),
        figure("beds_per_1000", "baseline", 2019, 52.0),
        figure("beds_per_1000", "target", 2020, 50.0),
        figure("beds_per_1000", "baseline", 2020, 55.0),
        figure("beds_per_1000", "target", 2025, 60.0),
    ]
    (rule,) = plan_rules(figures, INDICATORS, 2020)
    assert rule.baseline is not None
    assert (rule.baseline.year, rule.baseline.value) == (2019, 52.0)
    assert [(point.year, point.value) for point in rule.targets] == [(2020, 50.0), (2025, 60.0)]


def test_a_blank_target_sets_no_rule_and_a_norm_only_one_without_a_target() -> None:
    assert plan_rules([figure("social_workers", "target", 2025, None)], INDICATORS, 2020) == []
    assert plan_rules([figure("social_workers", "baseline", 2020, 5.0)], INDICATORS, 2020) == []
    standing = figure("beds_per_worker", "norm", None, 60.0)
    (rule,) = plan_rules([standing], INDICATORS, 2020)
    assert (rule.form, rule.quantity, rule.other, rule.serves) == (
        "inverse",
        "social_workers",
        "institution_beds",
        "institution",
    )
    assert rule.targets[0].year == 2020
    (rule,) = plan_rules([standing, figure("beds_per_worker", "target", 2025, 50.0)], INDICATORS, 2020)
    assert [point.value for point in rule.targets] == [50.0]


def test_the_basis_is_the_stated_one_before_the_inferred_one() -> None:
    stated = figure("beds_per_1000", "target", 2025, 50.0, basis="resident", basis_inferred="hukou")
    inferred = figure("beds_per_1000", "target", 2025, 50.0, basis="unspecified", basis_inferred="hukou")
    neither = figure("beds_per_1000", "target", 2025, 50.0, basis="unspecified")
    assert [effective_basis(item) for item in (stated, inferred, neither)] == ["resident", "hukou", "unspecified"]


def test_norms_stand_behind_a_plan_and_never_in_place_of_it() -> None:
    norms = norm_rules(INDICATORS, 2020)
    share = plan_rules([figure("nursing_share", "target", 2025, 55.0)], INDICATORS, 2020)
    assert [rule.quantity for rule in with_norms(share, norms)] == ["nursing_beds", "institution_beds"]
    own = plan_rules([figure("institution_beds", "target", 2025, 100.0)], INDICATORS, 2020)
    assert with_norms(share + own, norms) == share + own
    assert with_norms([], norms) == []
    assert all(rule.assumed for rule in norms)


def test_a_resource_is_counted_by_the_target_then_the_stock_then_the_widest() -> None:
    stock = figure("institution_beds", "baseline", 2020, 80.0)
    target = figure("beds_per_1000", "target", 2025, 40.0)
    rules = plan_rules([target], INDICATORS, 2020)
    assert quantity_of("beds", rules, [stock, target]) == "elderly_care_beds"
    assert quantity_of("beds", [], [stock]) == "institution_beds"
    assert quantity_of("beds", [], [figure("institution_beds", "baseline", 2020, None)]) == "elderly_care_beds"


def test_the_latest_stated_stock_counts_and_a_blank_one_does_not() -> None:
    figures = [
        figure("institution_beds", "baseline", 2021, 24_285.0),
        figure("institution_beds", "baseline", 2015, 20_000.0),
        figure("institution_beds", "baseline", 2023, None),
        figure("institution_beds_per_1000", "baseline", 2015, 35.0),
        figure("institution_beds_per_1000", "baseline", 2020, 40.2),
    ]
    stock, ratio = stated_stock(figures, "institution_beds"), stated_ratio(figures, INDICATORS, "institution_beds")
    assert stock is not None
    assert ratio is not None
    assert (stock.year, ratio.year) == (2021, 2020)
    assert stated_stock(figures, "nursing_beds") is None


# A region


def test_a_target_by_ratio_against_a_stated_stock() -> None:
    figures = [
        figure("beds_per_1000", "target", 2020, 50.0, basis="resident"),
        figure("elderly_care_beds", "baseline", 2020, 45_000.0),
    ]
    series = chosen(series_of(figures), resource="beds", yardstick="plan")
    needed = only(series, measure="required")
    np.testing.assert_allclose(needed.values, PEOPLE * 0.05)
    assert (needed.basis, needed.assumed, needed.supply_path) == ("resident", False, None)
    assert needed.figure_id == "here.beds_per_1000.target.2020"
    supply = only(series, measure="supply", supply_path="held")
    np.testing.assert_array_equal(supply.values, np.full((1, 7), 45_000.0))
    assert (supply.stock_year, supply.figure_id) == (2020, "here.elderly_care_beds.baseline.2020")
    gap = only(series, measure="gap", supply_path="held")
    np.testing.assert_allclose(gap.values, PEOPLE * 0.05 - 45_000.0)
    assert not gap.assumed
    pace = only(series, measure="required_per_year")
    np.testing.assert_allclose(pace.values[0], [np.nan, *((PEOPLE[0, 1:] * 0.05 - 45_000) / np.arange(1, 7))])
    assert pace.unit == "beds_per_year"


def test_what_exists_just_as_required_gives_a_gap_of_zero_in_every_draw() -> None:
    figures = [
        figure("beds_per_1000", "target", 2020, 50.0),
        figure("beds_per_1000", "baseline", 2020, 50.0),
    ]
    gap = only(series_of(figures), resource="beds", yardstick="plan", measure="gap", supply_path="held")
    np.testing.assert_array_equal(gap.values[:, 0], 0.0)
    assert gap.values.shape == PEOPLE.shape


def test_a_stock_stated_as_a_ratio_is_of_the_people_of_its_own_year() -> None:
    figures = [
        figure("certified_per_10000", "baseline", 2021, 16.0),
        figure("certified_per_10000", "target", 2025, 25.0),
    ]
    supply = only(series_of(figures), resource="caregivers", yardstick="plan", measure="supply", supply_path="held")
    np.testing.assert_allclose(supply.values[:, 0], np.nan)
    np.testing.assert_allclose(supply.values[:, -1], PEOPLE[:, 1] * 0.0016)
    assert supply.stock_year == 2021


def test_a_stock_stated_as_a_share_is_of_the_stated_whole() -> None:
    figures = [
        figure("nursing_share", "baseline", 2020, 53.0),
        figure("institution_beds_per_1000", "baseline", 2020, 40.0),
        figure("nursing_share", "target", 2025, 58.0),
    ]
    supply = only(series_of(figures), resource="nursing_beds", yardstick="plan", measure="supply")
    np.testing.assert_allclose(supply.values[:, 0], 0.53 * 0.04 * PEOPLE[:, 0])
    assert supply.figure_id == "here.nursing_share.baseline.2020;here.institution_beds_per_1000.baseline.2020"


def test_a_share_of_a_whole_that_nobody_states_is_no_stock() -> None:
    figures = [figure("nursing_share", "baseline", 2020, 53.0), figure("nursing_share", "target", 2025, 58.0)]
    supply = only(series_of(figures), resource="nursing_beds", yardstick="plan", measure="supply")
    assert np.isnan(supply.values).all()
    assert supply.stock_year is None


def test_blank_stays_blank_and_the_imputed_line_beside_it_is_marked() -> None:
    published = Published({"certified_caregivers": Rate(0.002, 2022, "province")}, {})
    figures = [figure("certified_per_10000", "target", 2025, 25.0)]
    series = chosen(series_of(figures, published), resource="caregivers", yardstick="plan")
    for measure in ("supply", "gap", "shortfall", "sufficiency", "met_probability", "required_per_year"):
        blank = only(series, measure=measure, assumed=False)
        imputed = only(series, measure=measure, assumed=True)
        assert np.isnan(blank.values).all()
        assert blank.stock_year is None
        assert imputed.stock_year == 2022
        assert np.isfinite(imputed.values[:, -1]).all()
    stock = only(series, measure="supply", assumed=True)
    np.testing.assert_allclose(stock.values[:, -1], 0.002 * PEOPLE[:, 2] * [1.0, 0.5, 2.0])
    assert np.isnan(stock.values[:, :2]).all()
    assert not only(series, measure="required").assumed


def test_without_a_stock_or_a_rate_everything_but_the_requirement_is_blank() -> None:
    series = series_of([figure("workers_per_1000", "target", 2025, 1.0)])
    own = chosen(series, resource="social_workers", yardstick="plan")
    assert {"required", "supply", "gap", "sufficiency", "required_per_year"} <= {item.measure for item in own}
    for item in own:
        if item.measure != "required":
            assert np.isnan(item.values).all()
            assert not (item.values == 0).any()


def test_a_stated_stock_is_never_imputed_beside() -> None:
    published = Published({"elderly_care_beds": Rate(0.03, 2020, "nation")}, {})
    series = series_of([figure("elderly_care_beds", "baseline", 2020, 10.0)], published)
    supplies = chosen(series, resource="beds", measure="supply")
    assert {item.figure_id for item in supplies} == {"here.elderly_care_beds.baseline.2020"}
    assert not any(item.assumed for item in supplies)


def test_an_imputed_stock_is_not_dated_outside_the_plan_or_the_projection() -> None:
    figures = [figure("nursing_share", "target", 2022, 50.0)]
    for rate_year, expected in ((2017, 2020), (2021, 2021), (2024, 2022)):
        published = Published({"nursing_beds": Rate(0.01, rate_year, "nation")}, {})
        series = series_of(figures, published, end=2022)
        supply = only(series, resource="nursing_beds", yardstick="plan", measure="supply", assumed=True)
        assert supply.stock_year == expected
        np.testing.assert_allclose(supply.values[0, -1], 0.01 * PEOPLE[0, expected - 2020])


def test_every_yardstick_of_norms_is_marked_and_a_plan_without_a_target_has_no_other() -> None:
    series = series_of([])
    assert {item.yardstick for item in series} == {"norm"}
    needed = chosen(series, measure="required")
    assert {item.resource for item in needed} == {
        "beds",
        "nursing_beds",
        "dementia_beds",
        "caregivers",
        "social_workers",
    }
    assert all(item.assumed for item in needed)
    beds = only(needed, resource="nursing_beds")
    np.testing.assert_allclose(beds.values, 0.55 * 0.03 * PEOPLE)
    assert beds.figure_id == "norm.nursing_share;norm.institution_beds_per_1000"


def test_a_gap_to_a_norm_is_assumed_even_with_a_stated_stock() -> None:
    series = series_of([figure("elderly_care_beds", "baseline", 2020, 10.0)])
    norm = chosen(series, resource="beds", yardstick="norm", supply_path="held")
    assert {item.measure for item in norm} >= {"supply", "gap", "sufficiency", "required_per_year"}
    for item in norm:
        assert item.assumed == (item.measure != "supply")


def test_a_norm_behind_a_target_marks_the_plan_s_own_yardstick() -> None:
    series = series_of([figure("nursing_share", "target", 2025, 55.0)])
    needed = only(series, resource="nursing_beds", yardstick="plan", measure="required")
    assert needed.assumed
    assert needed.figure_id == "here.nursing_share.target.2025;norm.institution_beds_per_1000"


def test_a_count_nobody_publishes_leaves_the_plan_s_requirement_blank() -> None:
    series = series_of([figure("residents_per_worker", "norm", None, 100.0)])
    needed = only(series, resource="social_workers", yardstick="plan", measure="required")
    assert np.isnan(needed.values).all()
    assert np.isfinite(only(series, resource="social_workers", yardstick="norm", measure="required").values).all()


def test_registered_people_need_a_published_ratio() -> None:
    figures = [
        figure("beds_per_1000", "target", 2020, 50.0, basis="unspecified", basis_inferred="hukou"),
        figure("beds_per_1000", "baseline", 2020, 37.0, basis="hukou"),
    ]
    known = chosen(series_of(figures, hukou=[0.9, 1.0, 1.1]), resource="beds", yardstick="plan")
    np.testing.assert_allclose(only(known, measure="required").values, PEOPLE * 0.05 * [[0.9], [1.0], [1.1]])
    supply = only(known, measure="supply", supply_path="held")
    np.testing.assert_allclose(supply.values[:, 0], PEOPLE[:, 0] * 0.037 * [0.9, 1.0, 1.1])
    unknown = chosen(series_of(figures), resource="beds", yardstick="plan")
    assert np.isnan(only(unknown, measure="required").values).all()
    assert np.isnan(only(unknown, measure="supply").values).all()
    norm = only(series_of(figures), resource="beds", yardstick="norm", measure="required")
    np.testing.assert_allclose(norm.values, PEOPLE * 0.04)


def test_a_stated_increase_goes_on_in_the_path_without_new_policy() -> None:
    figures = [
        figure("elderly_care_beds", "baseline", 2018, 1000.0),
        figure("new_beds", "baseline", 2018, 250.0),
    ]
    trend = only(series_of(figures), resource="beds", yardstick="norm", measure="supply", supply_path="no_new_policy")
    np.testing.assert_allclose(trend.values[0], 1100 + 50 * np.arange(7))
    assert not trend.assumed


def test_two_stated_stocks_give_the_trend() -> None:
    figures = [
        figure("elderly_care_beds", "baseline", 2016, 800.0),
        figure("elderly_care_beds", "baseline", 2020, 1000.0),
    ]
    trend = only(series_of(figures), resource="beds", yardstick="norm", measure="supply", supply_path="no_new_policy")
    np.testing.assert_allclose(trend.values[0], 1000 + 50 * np.arange(7))
    assert not trend.assumed


def test_two_stated_ratios_give_the_trend_with_the_people_of_their_years() -> None:
    figures = [figure("beds_per_1000", "baseline", 2015, 40.0), figure("beds_per_1000", "baseline", 2020, 50.0)]
    trend = only(series_of(figures), resource="beds", yardstick="norm", measure="supply", supply_path="no_new_policy")
    # Half-way between the censuses at a steady rate there were the geometric mean, 800,000.
    yearly = (0.05 * 1e6 - 0.04 * 8e5) / 5
    np.testing.assert_allclose(trend.values[0], 50_000 + yearly * np.arange(7))
    assert trend.assumed


def test_without_a_record_of_its_own_the_nation_s_trend_is_taken_and_marked() -> None:
    trend = Trend(PastTrend(np.log(0.99), 0.0, 0.0), 2020, 2024, "nation", "elderly_care_beds")
    series = series_of(
        [figure("elderly_care_beds", "baseline", 2020, 1000.0)], Published({}, {"elderly_care_beds": trend})
    )
    beds = chosen(series, resource="beds", yardstick="norm", measure="supply")
    past = only(beds, supply_path="no_new_policy")
    np.testing.assert_allclose(past.values[0], 1000 * 0.99 ** np.arange(7))
    assert past.assumed
    # The stock itself is the plan's own; only where it goes is assumed.
    assert not only(beds, supply_path="held").assumed


def test_without_any_record_the_path_without_new_policy_is_blank() -> None:
    series = series_of([figure("elderly_care_beds", "baseline", 2020, 1000.0)])
    beds = chosen(series, resource="beds", yardstick="norm", measure="supply")
    assert np.isnan(only(beds, supply_path="no_new_policy").values).all()
    # A plan that promises nothing delivers what there is.
    np.testing.assert_array_equal(only(beds, supply_path="plan_delivered").values, 1000.0)


def test_a_plan_delivered_reaches_its_target_and_then_stays() -> None:
    figures = [
        figure("elderly_care_beds", "baseline", 2020, 1000.0),
        figure("elderly_care_beds", "target", 2024, 1400.0),
    ]
    beds = chosen(series_of(figures), resource="beds", yardstick="plan")
    supply = only(beds, measure="supply", supply_path="plan_delivered")
    np.testing.assert_allclose(supply.values[0], [1000, 1100, 1200, 1300, 1400, 1400, 1400])
    gap = only(beds, measure="gap", supply_path="plan_delivered")
    np.testing.assert_allclose(gap.values[0, 4:], 0.0, atol=1e-9)


@given(st.floats(10.0, 100.0), st.floats(1.0, 1e5), st.integers(2020, 2026))
def test_the_gap_is_the_difference_in_every_draw(per_1000: float, stock: float, year: int) -> None:
    figures = [
        figure("beds_per_1000", "target", 2020, per_1000),
        figure("elderly_care_beds", "baseline", year, stock),
        figure("new_beds", "baseline", year, 500.0),
    ]
    beds = chosen(series_of(figures), resource="beds")
    for yardstick in ("plan", "norm"):
        needed = only(beds, yardstick=yardstick, measure="required").values
        for path in ("held", "no_new_policy"):
            found = {item.measure: item for item in chosen(beds, yardstick=yardstick, supply_path=path)}
            supply = np.broadcast_to(found["supply"].values, needed.shape)
            np.testing.assert_array_equal(found["gap"].values, needed - supply)
            np.testing.assert_array_equal(found["sufficiency"].values, supply / needed)


def test_no_key_of_the_gap_table_comes_twice() -> None:
    published = Published({"nursing_beds": Rate(0.01, 2022, "nation")}, {"nursing_beds": TREND})
    for item in (series_of([], published), series_of([figure("nursing_share", "target", 2025, 55.0)], published)):
        keys = [(s.resource, s.yardstick, s.supply_path, s.measure, s.assumed, s.figure_id, s.stock_year) for s in item]
        assert len(keys) == len(set(keys))


def test_norms_that_join_bring_the_norms_they_need() -> None:
    indicators = INDICATORS | {
        "nursing_per_worker": ratio("beds_per_worker", "caregivers", "nursing_beds", "certified_caregivers", 1)
    }
    own = plan_rules([figure("nursing_share", "target", 2025, 5.0)], indicators, 2020)
    staff = replace(own[0], indicator="x", quantity="certified_caregivers", form="inverse", other="nursing_beds")
    found = [rule.quantity for rule in with_norms([staff], norm_rules(indicators, 2020))]
    assert found == ["certified_caregivers", "nursing_beds", "institution_beds"]


def test_an_undated_norm_stands_and_a_dated_one_does_not() -> None:
    for year in (None, 2022):
        (rule,) = plan_rules([figure("beds_per_worker", "norm", year, 60.0)], INDICATORS, 2020)
        assert rule.standing == (year is None)
    assert all(rule.standing for rule in norm_rules(INDICATORS, 2020))


def test_an_imputed_stock_is_not_dated_after_the_last_year() -> None:
    published = Published({"nursing_beds": Rate(0.01, 2029, "nation")}, {})
    series = series_of([], published, end=2030)
    supply = only(series, resource="nursing_beds", measure="supply", assumed=True)
    assert supply.stock_year == 2026
    assert supply.figure_id == "rate.nation.nursing_beds.2029"


def test_a_share_of_a_whole_of_another_year_is_no_stock() -> None:
    figures = [
        figure("nursing_share", "baseline", 2022, 53.0),
        figure("institution_beds", "baseline", 2020, 800.0),
    ]
    supply = only(series_of(figures), resource="nursing_beds", measure="supply")
    assert np.isnan(supply.values).all()


def test_two_stated_shares_of_stated_wholes_give_the_trend() -> None:
    figures = [
        figure("nursing_share", "baseline", 2015, 36.0),
        figure("institution_beds_per_1000", "baseline", 2015, 35.0),
        figure("nursing_share", "baseline", 2020, 53.0),
        figure("institution_beds_per_1000", "baseline", 2020, 40.0),
    ]
    trend = only(series_of(figures), resource="nursing_beds", measure="supply", supply_path="no_new_policy")
    yearly = (0.53 * 0.04 * 1e6 - 0.36 * 0.035 * 8e5) / 5
    np.testing.assert_allclose(trend.values[0], 0.53 * 0.04 * 1e6 + yearly * np.arange(7))
    assert trend.assumed


def test_ratios_to_registered_people_give_no_trend() -> None:
    figures = [
        figure("beds_per_1000", "baseline", 2015, 40.0, basis="hukou"),
        figure("beds_per_1000", "baseline", 2020, 50.0, basis="hukou"),
    ]
    beds = chosen(series_of(figures, hukou=[1.0, 1.0, 1.0]), resource="beds", measure="supply")
    assert np.isfinite(only(beds, supply_path="held").values).all()
    assert np.isnan(only(beds, supply_path="no_new_policy").values).all()


def test_a_blank_gap_to_a_norm_is_assumed_too() -> None:
    for item in chosen(series_of([]), resource="social_workers"):
        assert item.assumed == (item.measure != "supply")


# The rules are of the data, not of the code


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT)


def test_no_plan_or_region_is_named_in_the_arithmetic(catalogue: Catalogue) -> None:
    regions = {plan.region for plan in catalogue.plans.values()}
    names = {*catalogue.plans, *regions}
    names |= {catalogue.regions[region].name.zh for region in regions}
    names |= {catalogue.regions[region].name.en for region in regions}
    word = re.compile("|".join(sorted(map(re.escape, names))), re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("care", "demography", "shortfall", "stages")
        for path in sorted((ROOT / "pipeline" / folder).glob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if word.search(line)
    ]
    assert not found


def test_every_resource_has_a_norm_that_can_be_worked_out_from_people_alone(catalogue: Catalogue) -> None:
    found = list(region_series(region([]), catalogue.indicators, NOTHING))
    series = chosen(found, yardstick="norm", measure="required")
    assert {item.resource for item in series} == set(RESOURCES)
    for item in series:
        assert np.isfinite(item.values).all(), item.resource

"""The plan audit: each rule on small made-up plans, then the five plans against their regions' counts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pipeline.shortfall.audit.evidence import (
    COUNTED,
    Figure,
    Finding,
    Quantity,
    References,
    Span,
    census_references,
    cohort_bounds,
    en,
    half_unit,
    references_of,
    zh,
)
from pipeline.shortfall.audit.plan import COLUMNS, audit, findings_table

ROOT = Path(__file__).parents[2]
CENSUS_PUBLISHED = {2000: 2001, 2010: 2011, 2020: 2021}
PLANS = {
    "zhejiang": "provinces",
    "inner_mongolia": "provinces",
    "wuhan": "cities",
    "xuchang": "cities",
    "panzhihua": "cities",
}


def load(path: str) -> dict:
    return YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Quantity]:
    relations = ("serves", "subset_of", "part_of", "gap_of", "increase_of", "period")
    return {
        name: Quantity(
            name,
            entry["unit"],
            entry["name"]["zh"],
            entry["name"]["en"],
            entry["numerator"],
            entry["denominator"],
            entry["scale"],
            disjoint_from=tuple(entry.get("disjoint_from", ())),
            **{key: entry.get(key) for key in relations},
        )
        for name, entry in load("data/indicators.yaml").items()
    }


@pytest.fixture
def check(catalogue):
    """The findings of one check on a made-up plan: rows of (indicator, kind, year[.suffix], value, extras)."""

    def run(check: str, rows: Iterable[tuple], references: References | None = None) -> list[Finding]:
        figures = []
        for indicator, kind, year, value, *extra in rows:
            when = str(year).partition(".")[0]
            name = f"made_up.{indicator}.{kind}.{year}"
            figures.append(
                Figure(
                    name,
                    indicator,
                    kind,
                    int(when) if when.isdigit() else None,
                    value,
                    catalogue[indicator].unit,
                    **(extra[0] if extra else {}),
                )
            )
        found = audit(figures, catalogue, references or References(()))
        return [finding for finding in found if finding.check == check]

    return run


def reference(year, indicator, value, *, basis="resident", origin="census", low=None, high=None) -> dict:
    low, high = (value if end is None else end for end in (low, high))
    return {
        "region": "here",
        "basis": basis,
        "year": year,
        "indicator": indicator,
        "value": value,
        "low": low,
        "high": high,
        "origin": origin,
        "known_from_year": year + 1,
    }


def known(*rows: dict) -> References:
    return references_of(pd.DataFrame(rows), "here")


def severities(findings: list[Finding]) -> list[str]:
    return [finding.severity for finding in findings]


# Rounding and print


@pytest.mark.parametrize(
    ("value", "unit", "half"),
    [
        (19.78, "percent", 0.005),
        (37, "per_1000", 0.5),
        (50, "percent", 0.5),
        (500, "persons_per_worker", 0.5),
        (8377, "beds", 0),
        (286, "facilities", 0),
        (90, "facilities", 0),
        (61_000, "beds", 500),
        (4_757_200, "persons", 50),
        (15_500_000, "persons", 50_000),
        (2_000_000, "persons", 50_000),
    ],
)
def test_a_stated_value_is_exact_to_half_a_unit_of_its_last_digit(value, unit, half):
    assert half_unit(value, unit) == pytest.approx(half)


@given(st.integers(1, 10**9), st.sampled_from(sorted(COUNTED)))
def test_rounding_a_count_never_moves_it_by_more_than_five_percent(value, unit):
    assert half_unit(value, unit) <= 0.05 * value


def test_numbers_are_printed_in_the_units_of_each_language():
    assert (zh(1_648_648.6), en(1_648_648.6)) == ("164.86万", "1,648,649")
    assert (zh(24_285), en(24_285)) == ("24,285", "24,285")
    assert (zh(61_000), en(61_000)) == ("6.1万", "61,000")
    assert (zh(22.222), en(22.222)) == ("22.22", "22.22")
    assert (zh(1_000_000), en(100)) == ("100万", "100")


# Rules on the plan alone


def test_a_share_is_held_against_its_parts(check):
    stock = [("nursing_beds", "baseline", 2020, 530.0), ("institution_beds", "baseline", 2020, 999.0)]
    fits = check("share", [*stock, ("nursing_bed_share", "baseline", 2020, 53.0)])
    assert severities(fits) == ["consistent"]
    assert fits[0].expected == pytest.approx(53.053, abs=1e-3)
    assert severities(check("share", [*stock, ("nursing_bed_share", "baseline", 2020, 55.0)])) == ["contradiction"]
    assert "530 ÷ 999 = 53.05%" in fits[0].en


def test_rounded_parts_can_explain_a_share_that_they_do_not_give(check):
    rough = [("nursing_beds", "baseline", 2020, 51_000.0), ("institution_beds", "baseline", 2020, 98_000.0)]
    assert severities(check("share", [*rough, ("nursing_bed_share", "baseline", 2020, 51.7)])) == ["rounding"]
    assert severities(check("share", [*rough, ("nursing_bed_share", "baseline", 2020, 53.9)])) == ["contradiction"]


def test_a_ratio_is_not_held_against_targets_other_years_or_the_other_population(check):
    share = ("nursing_bed_share", "baseline", 2020, 80.0)
    beds = ("institution_beds", "baseline", 2020, 1000.0)
    assert not check("share", [share, beds, ("nursing_beds", "target", 2020, 500.0)])
    assert not check("share", [share, beds, ("nursing_beds", "baseline", 2019, 500.0)])
    people = [
        ("population_60plus", "baseline", 2020, 300.0, {"basis": "hukou"}),
        ("population_total", "baseline", 2020, 1000.0, {"basis": "resident"}),
    ]
    for basis in ("unspecified", "hukou", "resident"):
        assert not check("share", [*people, ("share_60plus", "baseline", 2020, 20.0, {"basis": basis})])


def test_a_denominator_of_the_year_before_can_confirm_a_ratio_but_not_refute_it(check):
    places = ("childcare_places", "baseline", 2021, 14_798.0)
    people = ("population_total", "baseline", 2020, 4_380_000.0)
    assert severities(check("ratio", [places, people, ("childcare_places_per_1000", "baseline", 2021, 3.4)])) == [
        "consistent"
    ]
    assert not check("ratio", [places, people, ("childcare_places_per_1000", "baseline", 2021, 3.9)])


def test_a_number_that_fits_only_another_label_is_called_so(check):
    rows = [
        ("population_60plus", "baseline", 2020, 4000.0),
        ("population_65plus", "baseline", 2020, 2600.0),
        ("share_60plus", "baseline", 2020, 20.0),
    ]
    (found,) = check("label", [*rows, ("share_65plus_of_60plus", "baseline", 2020, 13.0)])
    assert found.severity == "contradiction"
    assert found.expected == pytest.approx(65)
    assert "Share of population aged 65 and over" in found.en
    assert "2,600 ÷ 20,000 = 13%" in found.en
    right = [*rows, ("share_65plus_of_60plus", "baseline", 2020, 65.0)]
    assert not check("label", right)
    assert severities(check("share", right)) == ["consistent"]
    assert severities(check("share", [*rows, ("share_65plus_of_60plus", "baseline", 2020, 40.0)])) == ["contradiction"]


def test_parts_are_summed_only_when_all_are_stated(check):
    rows = [
        ("rural_welfare_home_hazards", "baseline", 2020, 121.0),
        ("rural_welfare_home_stove_hazards", "baseline", 2020, 34.0),
    ]
    assert not check("parts", rows)
    rest = "rural_welfare_home_latrine_hazards"
    assert severities(check("parts", [*rows, (rest, "baseline", 2020, 87.0)])) == ["consistent"]
    (found,) = check("parts", [*rows, (rest, "baseline", 2020, 88.0)])
    assert (found.severity, found.expected) == ("contradiction", 122)


def test_a_part_is_not_larger_than_its_whole(check):
    whole = ("institution_beds", "baseline", 2020, 1000.0)
    part = "private_institution_beds"
    assert severities(check("subset", [whole, (part, "baseline", 2020, 1200.0)])) == ["contradiction"]
    assert severities(check("subset", [whole, (part, "baseline", 2020, 900.0)])) == ["consistent"]
    at_least = ("institution_beds", "baseline", 2020, 1000.0, {"comparator": ">="})
    assert not check("subset", [at_least, (part, "baseline", 2020, 1200.0)])
    ratios = [("institution_beds_per_1000_60plus", "baseline", 2020, 56.0)]
    found = check("subset", [*ratios, ("beds_per_1000_60plus", "baseline", 2020, 50.0)])
    assert severities(found) == ["contradiction"]


def test_labels_that_exclude_each_other_cannot_hold_more_than_the_whole(check):
    rows = [
        ("care_institutions", "baseline", 2020, 100.0),
        ("institutions_set_up_by_society", "baseline", 2020, 60.0),
        ("rural_welfare_institutions", "baseline", 2020, 30.0),
    ]
    assert severities(check("overlap", rows)) == ["consistent"]
    (found,) = check("overlap", [*rows, ("public_care_institutions", "baseline", 2020, 15.0)])
    assert (found.severity, found.stated, found.expected) == ("contradiction", 105, 100)
    assert "5 too many" in found.en
    assert not check("overlap", rows[:2])


def test_a_gap_is_target_less_stock(check):
    stock = ("institution_beds", "baseline", 2021, 24_285.0)
    targets = [("institution_beds", "target", 2025, 33_000.0), ("institution_beds", "target", "2025.b", 32_662.0)]
    (found,) = check("gap", [stock, *targets, ("institution_bed_gap", "baseline", 2021, 8377.0)])
    assert (found.severity, found.expected) == ("consistent", 8377)
    assert "made_up.institution_beds.target.2025.b" in found.figure_ids
    wrong = check("gap", [stock, targets[1], ("institution_bed_gap", "baseline", 2021, 8000.0)])
    assert severities(wrong) == ["contradiction"]
    assert not check("gap", [*targets, ("institution_bed_gap", "baseline", 2021, 8377.0)])


def test_an_increase_is_the_difference_of_two_levels(check):
    levels = [
        ("private_institution_beds", "baseline", 2020, 51_800.0),
        ("private_institution_beds", "baseline", 2015, 41_000.0),
    ]
    grown = "private_institution_beds_increase"
    assert severities(check("increase", [*levels, (grown, "baseline", 2020, 10_800.0)])) == ["consistent"]
    assert severities(check("increase", [*levels, (grown, "baseline", 2020, 14_000.0)])) == ["contradiction"]
    assert not check("increase", [levels[0], (grown, "baseline", 2020, 14_000.0)])


@pytest.mark.parametrize(
    ("comparator", "target", "severity"),
    [
        (">=", 60.0, "consistent"),
        (">=", 50.0, "contradiction"),
        ("<=", 50.0, "consistent"),
        ("<=", 60.0, "contradiction"),
    ],
)
def test_a_target_lies_beyond_the_plans_own_fact(check, comparator, target, severity):
    rows = [
        ("private_bed_share", "baseline", 2020, 55.0),
        ("private_bed_share", "baseline", 2015, 70.0),
        ("private_bed_share", "target", 2025, target, {"comparator": comparator}),
    ]
    assert severities(check("own_baseline", rows)) == [severity]


def test_sums_over_a_period_and_exact_targets_need_not_lie_beyond_the_past(check):
    trained = [
        ("caregivers_trained", "baseline", 2020, 900.0),
        ("caregivers_trained", "target", 2022, 600.0, {"comparator": ">="}),
    ]
    assert not check("own_baseline", trained)
    assert not check(
        "own_baseline",
        [("rural_welfare_homes", "baseline", 2020, 500.0), ("rural_welfare_homes", "target", 2022, 400.0)],
    )


def test_one_target_stated_twice(check):
    def twice(one, other, suffix="b"):
        rows = [("institution_beds", "target", 2025, one), ("institution_beds", "target", f"2025.{suffix}", other)]
        return severities(check("restatement", rows))

    assert twice(33_000.0, 32_662.0) == ["rounding"]
    assert twice(33_000.0, 33_000.0) == ["consistent"]
    assert twice(33_000.0, 32_162.0) == ["contradiction"]
    assert twice(33_000.0, 5_000.0) == []
    people = [
        ("population_60plus", "projection", "2025.a", 15_000_000.0, {"basis": "hukou"}),
        ("population_60plus", "projection", "2025.b", 15_500_000.0, {"basis": "resident"}),
    ]
    assert not check("restatement", people)


def test_one_completion_by_two_dates(check):
    early = ("rural_home_transformation_rate", "target", 2022, 100.0, {"section": "goals"})
    late = ("rural_home_transformation_rate", "target", 2023, 100.0, {"section": "tasks"})
    (found,) = check("two_dates", [early, late])
    assert found.severity == "contradiction"
    assert np.isnan(found.difference)
    general = ("rural_home_transformation_rate", "target", "2023.general", 100.0, {"section": "tasks"})
    assert not check("two_dates", [early, general])
    assert not check("two_dates", [early, (*late[:3], 90.0, late[4])])


def test_one_share_of_two_wholes(check):
    rows = [("nursing_bed_share", "target", 2020, 50.0), ("nursing_bed_share_all_beds", "target", 2020, 50.0)]
    assert severities(check("denominator", rows)) == ["basis"]
    assert not check("denominator", [rows[0], (*rows[1][:3], 30.0)])


TOTAL, OUTSIDE, INSIDE = (
    "social_workers_per_10000_60plus",
    "elders_per_social_worker_community",
    "institution_beds_per_social_worker",
)


def test_a_ratio_per_ten_thousand_against_one_to_n(check):
    equal = [(TOTAL, "target", 2022, 20.0), (OUTSIDE, "target", 2022, 500.0)]
    unlike = [(TOTAL, "target", 2025, 25.0), (OUTSIDE, "target", 2025, 450.0)]
    assert severities(check("other_unit", equal)) == ["consistent"]
    both = check("other_unit", equal + unlike)
    assert severities(both) == ["contradiction", "consistent"]
    assert both[0].expected == pytest.approx(22.222, abs=1e-3)
    assert "in 2022 the two are equal" in both[0].en
    assert not check("other_unit", unlike), "the total may hold more than the community"


def test_ratios_for_different_people_add_up_to_the_total(check):
    beds = ("institution_beds_per_1000_60plus", "baseline", 2020, 30.0)
    parts = [(OUTSIDE, "target", 2025, 500.0), (INSIDE, "norm", "undated", 60.0), beds]
    (sums,) = check("staff_sum", [(TOTAL, "target", 2025, 25.0), *parts])
    assert (sums.severity, round(sums.expected, 6)) == ("consistent", 25)
    (wrong,) = check("staff_sum", [(TOTAL, "target", 2025, 32.0), *parts])
    assert wrong.severity == "contradiction"
    assert "20.0 + 5.0 = 25.0" in wrong.en
    assert not check("staff_sum", [(TOTAL, "target", 2025, 20.0), *parts]), "it restates the community's alone"
    assert not check("staff_sum", [(TOTAL, "target", 2025, 32.0), *parts[:2]]), "no ratio of beds"


# Rules against counts from outside


CENSUSES = (
    reference(2000, "population_60plus", 2_000_000.0),
    reference(2010, "population_60plus", 2_400_000.0),
    reference(2020, "population_60plus", 3_600_000.0),
    reference(2000, "population_total", 18_000_000.0),
    reference(2010, "population_total", 19_000_000.0),
    reference(2020, "population_total", 20_000_000.0),
)


@pytest.mark.parametrize(
    ("year", "value", "expected"),
    [
        (2020, 3_600_100.0, []),
        (2020, 3_600_000.0, ["consistent"]),
        (2020, 4_000_000.0, ["contradiction"]),
        (2001, 2_050_000.0, ["consistent"]),
        (2001, 2_540_000.0, ["contradiction"]),
        (2005, 2_200_000.0, ["consistent"]),
        (2025, 9_000_000.0, []),
    ],
)
def test_a_stated_population_against_the_counts(check, year, value, expected):
    found = check("population", [("population_60plus", "baseline", year, value)], known(*CENSUSES))
    assert severities(found) == expected


def test_a_population_that_fits_the_register_is_not_held_against_the_census(check):
    register = reference(2020, "population_60plus", 4_000_000.0, basis="hukou", origin="published")
    plan = ("population_60plus", "baseline", 2020, 4_000_000.0)
    assert severities(check("population", [plan], known(*CENSUSES, register))) == ["consistent"]
    resident = (*plan, {"basis": "resident"})
    assert severities(check("population", [resident], known(*CENSUSES, register))) == ["contradiction"]


def test_a_ratio_tells_the_population_it_refers_to(check):
    beds = ("elderly_care_beds", "baseline", 2020, 90_000.0)
    ratio = ("beds_per_1000_60plus", "baseline", 2020, 30.0)
    register = reference(2020, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", [beds, ratio], known(*CENSUSES, register))
    assert (found.severity, found.stated, found.expected) == ("basis", 3_000_000, 3_000_000)
    assert "(registered), which fits" in found.en
    assert "(resident), which does not fit" in found.en
    only_census = check("implied_denominator", [beds, (*ratio[:3], 25.0)], known(*CENSUSES))
    assert severities(only_census) == ["consistent"]
    assert not check("implied_denominator", [beds, (*ratio[:3], 45.0)], known(*CENSUSES, register))


def test_what_is_drawn_between_censuses_is_named_and_does_not_decide(check):
    beds = ("elderly_care_beds", "baseline", 2015, 90_000.0)
    ratio = ("beds_per_1000_60plus", "baseline", 2015, 30.0)
    register = reference(2015, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", [beds, ratio], known(*CENSUSES, register))
    assert found.severity == "basis"
    assert "no resident count of the year is published" in found.en
    assert "is not excluded either" in found.en


def test_a_share_tells_the_population_it_refers_to(check):
    register = reference(2019, "share_60plus", 25.2, basis="hukou", origin="published")
    share = ("share_60plus", "projection", 2020, 25.0, {"comparator": "about"})
    (found,) = check("share_basis", [share], known(*CENSUSES, register))
    assert (found.severity, found.expected) == ("basis", 25.2)
    assert "18.00% in 2020, which does not fit" in found.en
    assert not check("share_basis", [share], known(*CENSUSES))
    near = reference(2019, "share_60plus", 18.2, basis="hukou", origin="published")
    assert not check("share_basis", [("share_60plus", "projection", 2020, 18.0)], known(*CENSUSES, near))


def forecast(count, share, **words) -> list[tuple]:
    return [
        ("population_60plus", "projection", 2025, count, words),
        ("share_60plus", "projection", 2025, share),
    ]


def test_count_and_share_of_a_forecast_imply_a_total(check):
    (low,) = check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES))
    assert (low.severity, low.stated, low.expected) == ("contradiction", 18_000_000, 20_000_000)
    assert "4,500,000 ÷ 25% = 18,000,000" in low.en
    assert severities(check("implied_total", forecast(5_000_000.0, 25.0), known(*CENSUSES))) == ["consistent"]
    at_least = check("implied_total", forecast(4_500_000.0, 25.0, comparator=">="), known(*CENSUSES))
    assert severities(at_least) == ["consistent"], "over 4.5 million may be 5 million"
    ours = reference(2025, "population_total", 18_000_000.0, origin="projection", low=17_500_000.0, high=18_500_000.0)
    assert not check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES, ours))


def test_a_forecast_of_registered_people_is_not_held_against_residents(check):
    hukou = forecast(4_500_000.0, 25.0, basis="hukou")
    assert not check("implied_total", hukou, known(*CENSUSES))
    register = reference(2019, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    assert not check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES, register))


@pytest.mark.parametrize("origin", ["cohort", "projection"])
def test_a_forecast_against_an_interval_of_its_year(check, origin):
    row = reference(2025, "population_60plus", 4_250_000.0, origin=origin, low=4_000_000.0, high=4_500_000.0)

    def run(value, **words):
        plan = [("population_60plus", "projection", 2025, value, words)]
        return severities(check(origin, plan, known(row)))

    assert run(4_200_000.0) == ["consistent"]
    assert run(3_800_000.0) == ["contradiction"]
    assert run(4_700_000.0) == ["contradiction"]
    assert run(3_800_000.0, comparator=">=") == ["consistent"]
    assert run(3_800_000.0, basis="hukou") == []


def test_recipients_are_no_more_than_the_people_of_that_age(check):
    counted = known(reference(2010, "population_80plus", 70_000.0), reference(2020, "population_80plus", 120_000.0))

    def run(value):
        plan = [("elderly_allowance_recipients", "baseline", 2021, value)]
        return severities(check("recipients", plan, counted))

    assert run(125_000.0) == ["consistent"]
    assert run(129_000.0) == [], "above the trend, yet not impossible a year after the census"
    assert run(150_000.0) == ["contradiction"]


# Cohort bounds


def test_cohort_bounds_of_a_population_that_nobody_leaves():
    ages = np.arange(40, 90, 5)
    earlier = np.full(len(ages), 1000.0)
    later = earlier.copy()
    later[-1] = 3000.0
    assert cohort_bounds(ages, earlier, later, 55) == Span(9000.0, 9000.0)


@given(st.floats(0.005, 0.05), st.floats(0.05, 0.12))
def test_the_floor_lies_below_survivors_under_mortality_that_rises_with_age(level, slope):
    single = np.arange(40, 131)
    hazard = level * np.exp(slope * (single - 60) / 2)
    survival = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)[:-1]]))
    ages = np.arange(40, 90, 5)

    def grouped(years: int) -> np.ndarray:
        births = np.exp(0.01 * (years - single))
        people = births * survival
        return np.array([people[(single >= a) & ((single < a + 5) | (a == ages[-1]))].sum() for a in ages])

    low, high = cohort_bounds(ages, grouped(0), grouped(10), 55)
    in_five_years = grouped(15)[ages >= 60].sum()
    assert low <= in_five_years <= high


def test_cohort_bounds_refuse_ages_that_are_not_in_fives():
    ages = np.array([50, 55, 60, 70, 80])
    with pytest.raises(ValueError, match="groups of five years"):
        cohort_bounds(ages, np.ones(5), np.ones(5), 55)


# The five plans


@pytest.fixture(scope="module")
def findings(catalogue) -> pd.DataFrame:
    care = pd.read_csv(ROOT / "data/raw/care_figures.csv")
    people = {f"population_{age}" for age in ("total", "60plus", "65plus", "80plus")} | {"share_60plus"}
    hukou = care[(care["basis"] == "hukou") & care["indicator"].isin(people)]
    published = hukou[["region", "basis", "year", "indicator", "value"]].assign(
        low=hukou["value"], high=hukou["value"], origin="published", known_from_year=hukou["year"] + 1
    )
    result = {}
    for plan, level in PLANS.items():
        census = pd.read_csv(ROOT / f"data/raw/census/{level}/{plan}.csv")
        census["age"] = census["age"].str.extract(r"^(\d+)", expand=False).astype(int)
        frame = pd.concat([census_references(plan, census, CENSUS_PUBLISHED), published])
        fields = ("id", "indicator", "kind", "year", "value", "unit", "comparator", "basis", "upper", "section")
        figures = [
            Figure(*(figure.get(name) for name in fields))
            for figure in load(f"data/plans/{plan}.yaml")["figures"]
            if figure["value"] is not None
        ]
        result[plan] = audit(figures, catalogue, references_of(frame, plan))
    return findings_table(result)


EXPECTED = {
    ("inner_mongolia", "cohort", "contradiction"): "population_60plus.projection.2025",
    ("inner_mongolia", "label", "contradiction"): "share_65plus_of_60plus.baseline.2020;"
    "population_65plus.baseline.2020;population_60plus.baseline.2020;share_60plus.baseline.2020",
    ("inner_mongolia", "population", "contradiction"): "population_60plus.baseline.2001",
    ("wuhan", "denominator", "basis"): "nursing_bed_share.target.2020;nursing_bed_share_all_beds.target.2020",
    (
        "wuhan",
        "implied_denominator",
        "basis",
    ): "beds_per_1000_60plus.baseline.2015;elderly_care_beds.baseline.2015",
    ("wuhan", "overlap", "contradiction"): "institutions_set_up_by_society.baseline.2015;"
    "public_care_institutions.baseline.2015;rural_welfare_institutions.baseline.2015;"
    "care_institutions.baseline.2015",
    ("wuhan", "share_basis", "basis"): "share_60plus.projection.2020;population_60plus.projection.2020",
    ("xuchang", "two_dates", "contradiction"): "rural_home_transformation_rate.target.2022;"
    "rural_home_transformation_rate.target.2023",
    ("zhejiang", "implied_total", "contradiction"): "population_60plus.projection.2025.resident;"
    "share_60plus.projection.2025.resident",
    ("zhejiang", "other_unit", "contradiction"): "social_workers_per_10000_60plus.target.2025;"
    "elders_per_social_worker_community.target.2025",
    ("zhejiang", "staff_sum", "contradiction"): "social_workers_per_10000_60plus.target.2025;"
    "elders_per_social_worker_community.target.2025;institution_beds_per_social_worker.norm.undated;"
    "institution_beds_per_1000_60plus.norm.undated;institution_beds_per_1000_60plus.baseline.2020",
}


def test_the_findings_on_the_five_plans(findings):
    grave = findings[findings["severity"].isin(["basis", "contradiction"])]
    found = {
        (row.plan, row.check, row.severity): row.figure_ids.replace(f"{row.plan}.", "") for row in grave.itertuples()
    }
    assert found == EXPECTED
    assert len(grave) == len(EXPECTED)


@pytest.mark.parametrize(
    ("plan", "check", "stated", "expected"),
    [
        ("inner_mongolia", "label", 13.05, 65.98),
        ("inner_mongolia", "population", 2_540_000, 2_068_792),
        ("wuhan", "implied_denominator", 61_000 / 0.037, 1_637_600),
        ("wuhan", "overlap", 308, 286),
        ("wuhan", "share_basis", 21, 21.43),
        ("zhejiang", "implied_total", 62_000_000, 64_567_588),
        ("zhejiang", "other_unit", 25, 22.22),
        ("zhejiang", "staff_sum", 25, 27.22),
    ],
)
def test_the_recomputed_values_of_the_five_plans(findings, plan, check, stated, expected):
    """Census counts: 2000 and 2020 tables; registered count of Wuhan at the end of 2015: its yearly report."""
    rows = findings[(findings["plan"] == plan) & (findings["check"] == check)]
    row = rows[rows["severity"] != "consistent"].iloc[0]
    assert row["stated"] == pytest.approx(stated, rel=1e-6)
    assert row["expected"] == pytest.approx(expected, rel=2e-4)
    assert row["difference"] == pytest.approx(row["stated"] / row["expected"] - 1)


def test_the_stated_gap_of_8377_beds_is_target_less_stock(findings):
    row = findings[(findings["check"] == "gap") & (findings["stated"] == 8377)].iloc[0]
    assert (row["severity"], row["expected"]) == ("consistent", 8377)
    assert "32,662 − 24,285 = 8,377" in row["explanation_en"]


def test_every_finding_names_figures_of_its_plan_and_says_something_in_both_languages(findings):
    assert list(findings.columns) == list(COLUMNS)
    assert len(findings) > 60
    for row in findings.itertuples():
        assert all(name.startswith(f"{row.plan}.") for name in row.figure_ids.split(";"))
        assert any(ord(letter) > 0x4E00 for letter in row.explanation_zh)
        assert "nan" not in row.explanation_en + row.explanation_zh
    assert not findings.duplicated(["plan", "check", "figure_ids"]).any()


def test_no_rule_names_a_plan_or_region():
    words = [*PLANS, "浙江", "内蒙古", "武汉", "许昌", "攀枝花"]
    for path in (ROOT / "pipeline/shortfall").glob("audit*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text]

import numpy as np
import pandas as pd
import pytest
from audit_cases import CENSUSES, check, in_words, known, reference, severities
from care_plan import INDICATORS

from pipeline.shortfall.audit.audit_case import AuditCase, projected_references, references_of

STOCK = "nursing_beds 2020 530; institution_beds 2020 999"
ROUGH = "nursing_beds 2020 51000; institution_beds 2020 98000"
AT_LEAST = "institution_beds 2020 >=80000; nursing_beds 2020 40000"
PEOPLE = "population_60plus 2020 300 hukou; population_total 2020 1000 resident"
PLACES = "childcare_places 2021 14798; population_total 2020 4380000"
OLD = "population_60plus 2020 4000; population_65plus 2020 2600; share_60plus 2020 20"
HAZARDS = "rural_welfare_home_hazards 2020 121; rural_welfare_home_stove_hazards 2020 34"
HOMES = "care_institutions 2020 100; institutions_set_up_by_society 2020 60; rural_welfare_institutions 2020 30"
GAP = "institution_beds 2021 24285; institution_beds target 2025.b 32662"
GROWN = "private_institution_beds 2020 51800; private_institution_beds 2015 41000"
TOTAL = "social_workers_per_10000_60plus"
OUTSIDE = "elders_per_social_worker_community"
INSIDE = "institution_beds_per_social_worker"
EQUAL = f"{TOTAL} target 2022 20; {OUTSIDE} target 2022 500"
UNLIKE = f"{TOTAL} target 2025 25; {OUTSIDE} target 2025 450"
PARTS = f"{OUTSIDE} target 2025 500; {INSIDE} norm undated 60"
BEDS = "institution_beds_per_1000_60plus 2020 30"
FACTS = "private_bed_share 2020 55; private_bed_share 2015 70"
WHOLE = "care_institutions 2020 100; private_care_institutions 2020 60"
GOAL = "private_bed_share target 2020 >=70; private_bed_share 2015 54.6"
COMPLETE = "rural_home_transformation_rate target"
FORECAST = "population_60plus projection"


@pytest.mark.parametrize(
    ("rule", "plan", "expected"),
    [
        # A share is held against its parts, whose rounding can explain one that they do not give; a bound is no point.
        ("share", f"{STOCK}; nursing_bed_share 2020 55.0", ["contradiction"]),
        ("share", f"{ROUGH}; nursing_bed_share 2020 51.7", ["rounding"]),
        ("share", f"{ROUGH}; nursing_bed_share 2020 53.9", ["contradiction"]),
        ("share", f"{AT_LEAST}; nursing_bed_share 2020 45", ["consistent"]),
        ("share", f"{AT_LEAST}; nursing_bed_share 2020 55", ["contradiction"]),
        # Neither against targets, nor against other years or the other population.
        ("share", "nursing_bed_share 2020 80; institution_beds 2020 1000; nursing_beds target 2020 500", []),
        ("share", "nursing_bed_share 2020 80; institution_beds 2020 1000; nursing_beds 2019 500", []),
        *(("share", f"{PEOPLE}; share_60plus 2020 20 {basis}", []) for basis in ("unspecified", "hukou", "resident")),
        # A denominator of the year before can confirm a ratio but not refute it.
        ("ratio", f"{PLACES}; childcare_places_per_1000 2021 3.4", ["consistent"]),
        ("ratio", f"{PLACES}; childcare_places_per_1000 2021 3.9", []),
        # A number that fits another label: that label.
        ("label", f"{OLD}; share_65plus_of_60plus 2020 65", []),
        ("share", f"{OLD}; share_65plus_of_60plus 2020 65", ["consistent"]),
        ("share", f"{OLD}; share_65plus_of_60plus 2020 40", ["contradiction"]),
        # Parts are summed only when all are stated.
        ("parts", HAZARDS, []),
        ("parts", f"{HAZARDS}; rural_welfare_home_latrine_hazards 2020 87", ["consistent"]),
        ("parts", f"{HAZARDS}; rural_welfare_home_latrine_hazards 2020 88", ["contradiction"]),
        # A part is not larger than its whole, of which "at least" may be more; ratios to the same people likewise.
        ("subset", "institution_beds 2020 1000; private_institution_beds 2020 1200", ["contradiction"]),
        ("subset", "institution_beds 2020 1000; private_institution_beds 2020 900", ["consistent"]),
        ("subset", "institution_beds 2020 >=1000; private_institution_beds 2020 1200", []),
        ("subset", "institution_beds_per_1000_60plus 2020 56; beds_per_1000_60plus 2020 50", ["contradiction"]),
        ("overlap", HOMES, ["consistent"]),
        ("overlap", HOMES.rpartition(";")[0], []),
        ("gap", f"{GAP}; institution_bed_gap 2021 8000", ["contradiction"]),
        ("gap", f"{GAP.partition(';')[2]}; institution_bed_gap 2021 8377", []),
        ("increase", f"{GROWN}; private_institution_beds_increase 2020 10800", ["consistent"]),
        ("increase", f"{GROWN}; private_institution_beds_increase 2020 14000", ["contradiction"]),
        ("increase", f"{GROWN.partition(';')[0]}; private_institution_beds_increase 2020 14000", []),
        # One number as a share of two wholes.
        ("denominator", "nursing_bed_share target 2020 50; nursing_bed_share_all_beds target 2020 50", ["basis"]),
        ("denominator", "nursing_bed_share target 2020 50; nursing_bed_share_all_beds target 2020 30", []),
        # A target lies beyond the plan's own fact; sums over a period and exact numbers need not.
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 >=60", ["consistent"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 >=50", ["contradiction"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 <=50", ["consistent"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 <=60", ["contradiction"]),
        ("own_baseline", "caregivers_trained 2020 900; caregivers_trained target 2022 >=600", []),
        ("own_baseline", "rural_welfare_homes 2020 500; rural_welfare_homes target 2022 400", []),
        # One thing done completely by two dates, in one section or only in part, is none.
        ("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2024.general 100 section=tasks", []),
        ("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2024 90 section=tasks", []),
        # The total of one ratio may hold more than the community; others restate the community's alone, or lack beds.
        ("other_unit", EQUAL, ["consistent"]),
        ("other_unit", UNLIKE, []),
        ("staff_sum", f"{TOTAL} target 2025 20; {PARTS}; {BEDS}", []),
        ("staff_sum", f"{TOTAL} target 2025 32; {PARTS}", []),
        # Forecasts of other people are no restatement.
        ("restatement", f"{FORECAST} 2025.a 15000000 hukou; {FORECAST} 2025.b 15500000 resident", []),
    ],
)
def test_how_figures_go_together(rule, plan, expected):
    assert severities(check(rule, plan)) == expected


@pytest.mark.parametrize(
    ("rule", "plan", "severity", "expected", "told"),
    [
        ("share", f"{STOCK}; nursing_bed_share 2020 53.0", "consistent", 53.053, "530 ÷ 999 = 53.05%"),
        (
            *("label", f"{OLD}; share_65plus_of_60plus 2020 13", "contradiction", 65),
            "fits only “share of population aged 65 and over”: 2,600 ÷ 20,000 = 13%",
        ),
        ("parts", f"{HAZARDS}; rural_welfare_home_latrine_hazards 2020 88", "contradiction", 122, "122"),
        (
            *("overlap", f"{HOMES}; public_care_institutions 2020 15", "contradiction", 100),
            "105; care institutions: 100, which is 5 fewer",
        ),
        # Of two targets the one that fits the gap is meant.
        (
            *("gap", f"institution_beds target 2025 33000; {GAP}; institution_bed_gap 2021 8377", "consistent", 8377),
            "32,662 (2025) − 24,285 (2021) = 8,377",
        ),
    ],
)
def test_the_arithmetic_is_told(rule, plan, severity, expected, told):
    (found,) = check(rule, plan)
    assert (found.severity, found.expected) == (severity, pytest.approx(expected, abs=1e-3))
    assert told in in_words(found)


def test_a_ratio_per_ten_thousand_against_one_to_n():
    both = check("other_unit", f"{EQUAL}; {UNLIKE}")
    assert severities(both) == ["contradiction", "consistent"]
    assert both[0].expected == pytest.approx(22.222, abs=1e-3)
    assert "For another year the plan states the two as equal" in in_words(both[0])


def test_ratios_for_different_people_add_up_to_the_total():
    (sums,) = check("staff_sum", f"{TOTAL} target 2025 25; {PARTS}; {BEDS}")
    assert (sums.severity, round(sums.expected, 6)) == ("consistent", 25)
    (wrong,) = check("staff_sum", f"{TOTAL} target 2025 32; {PARTS}; {BEDS}")
    assert wrong.severity == "contradiction"
    assert "20 per 10,000 + 5 per 10,000 = 25 per 10,000" in in_words(wrong)


def test_what_merely_holds_is_counted_and_not_listed():
    (held,) = check("subset", f"{WHOLE}; rural_welfare_homes 2020 30")
    assert (held.severity, held.count, len(held.figure_ids)) == ("consistent", 2, 3)
    assert held.stated is held.expected is held.difference is None
    listed = check("subset", f"{WHOLE}; rural_welfare_homes 2020 300")
    assert [(finding.severity, finding.count) for finding in listed] == [("contradiction", 1), ("consistent", 1)]
    ahead = (f"{name} 2020 40; {name} target 2025 >=55" for name in ("private_bed_share", "nursing_bed_share"))
    (held,) = check("own_baseline", ";".join(ahead))
    assert (held.severity, held.count) == ("consistent", 2)


def test_a_target_of_the_period_before_is_read_with_its_outcome():
    met = f"{GOAL}; private_bed_share 2020 75"
    assert [found.count for found in check("outcome", met, start=2021)] == [1]
    (found,) = check("outcome_missed", f"{GOAL}; private_bed_share 2020 61", start=2021)
    assert (found.severity, found.count) == ("consistent", 1)
    assert "reports 61% in 2020, so it was missed" in in_words(found)
    for start in (None, 2021):
        assert not check("own_baseline", met, start=start)
    assert not check("own_baseline", GOAL, start=2021), "history without an outcome says nothing"
    assert len(check("own_baseline", GOAL, start=2016)) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((33_000, 32_662), [("rounding", 2)]),
        ((33_000, 32_662, 33_000), [("rounding", 3)]),
        ((33_000, 33_000), [("consistent", 2)]),
        ((33_000, 32_162), [("contradiction", 2)]),
        ((33_000, 5_000), []),
    ],
)
def test_one_target_stated_more_than_once_is_one_finding(values, expected):
    plan = ";".join(f"institution_beds target 2025.{place} {value}" for place, value in enumerate(values))
    assert [(found.severity, len(found.figure_ids)) for found in check("restatement", plan)] == expected


def test_one_completion_by_two_dates_and_by_two_wordings_of_one():
    (found,) = check("two_dates", f"{COMPLETE} 2024 100 section=tasks; {COMPLETE} 2022 100 section=goals")
    assert (found.severity, found.expected, found.stated, found.difference) == ("contradiction", 2022, 2024, None)
    (found,) = check("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2023 100 section=tasks")
    assert found.severity == "rounding"
    assert "a difference of wording, not a contradiction" in in_words(found)


def registered(year, value, indicator="population_60plus"):
    return reference(year, indicator, value, basis="hukou", origin="published")


def within(low, high, origin="cohort"):
    return reference(2025, "population_60plus", 4_250_000.0, origin=origin, low=low, high=high)


def forecast(count, share, basis="resident", comparator=""):
    """A forecast by count, of people on the basis, and by share of residents."""
    return f"{FORECAST} 2025 {comparator}{count} {basis}; share_60plus projection 2025 {share} resident"


OF_80 = (reference(2010, "population_80plus", 70_000.0), reference(2020, "population_80plus", 120_000.0))
REGISTER = registered(2020, 3_000_000.0)
RATIO = "elderly_care_beds 2020 90000; beds_per_1000_60plus 2020"
NEAR_25 = "share_60plus projection 2020 ~25"
PROJECTED, COHORT = (within(4_000_000.0, 4_500_000.0, origin) for origin in ("projection", "cohort"))


@pytest.mark.parametrize(
    ("rule", "counts", "plan", "expected"),
    [
        ("population", [], "population_60plus 2020 3600100", []),
        ("population", [], "population_60plus 2020 3600000", ["consistent"]),
        ("population", [], "population_60plus 2020 4000000", ["contradiction"]),
        ("population", [], "population_60plus 2001 2050000", ["consistent"]),
        ("population", [], "population_60plus 2001 2540000", ["contradiction"]),
        ("population", [], "population_60plus 2005 2200000", ["consistent"]),
        ("population", [], "population_60plus 2025 9000000", []),
        # What fits the register is not held against the census.
        ("population", [registered(2020, 4e6)], "population_60plus 2020 4000000 unspecified", ["consistent"]),
        ("population", [registered(2020, 4e6)], "population_60plus 2020 4000000 resident", ["contradiction"]),
        ("implied_denominator", [], f"{RATIO} 25", ["consistent"]),
        ("implied_denominator", [REGISTER], f"{RATIO} 45", []),
        ("share_basis", [], NEAR_25, []),
        ("share_basis", [registered(2019, 18.2, "share_60plus")], "share_60plus projection 2020 18", []),
        # Above the trend, yet not impossible a year after the census.
        ("recipients", OF_80, "elderly_allowance_recipients 2021 125000", ["consistent"]),
        ("recipients", OF_80, "elderly_allowance_recipients 2021 129000", []),
        ("recipients", OF_80, "elderly_allowance_recipients 2021 150000", ["contradiction"]),
        ("implied_total", [], forecast(5_000_000.0, 25.0), ["consistent"]),
        # A forecast of registered people is not held against residents, nor one whose facts speak of both.
        *(
            (rule, [within(4_000_000.0, 4_400_000.0)], forecast(4_500_000.0, 25.0, basis), [])
            for rule in ("implied_total", "cohort")
            for basis in ("hukou", "unspecified", "unspecified read_as=hukou")
        ),
        # An interval of the year; even the least of a bound may be too many.
        *(
            (origin, [row], f"{FORECAST} 2025 {stated}", expected)
            for origin, row, near in (("cohort", COHORT, "contradiction"), ("projection", PROJECTED, "borderline"))
            for stated, expected in (
                ("4200000 resident", ["consistent"]),
                ("3800000 resident", ["contradiction"]),
                ("4700000 resident", ["contradiction"]),
                (">=3800000 resident", ["consistent"]),
                (">=4700000 resident", ["contradiction"]),
                ("3980000 resident", [near]),
                ("3800000 hukou", []),
            )
        ),
    ],
)
def test_how_people_go_with_counts(rule, counts, plan, expected):
    assert severities(check(rule, plan, known(*CENSUSES, *counts))) == expected


def test_a_ratio_tells_the_population_it_refers_to():
    (found,) = check("implied_denominator", f"{RATIO} 30", known(*CENSUSES, REGISTER))
    assert (found.severity, found.stated, found.expected) == ("basis", 3_000_000, 3_000_000)
    assert found.basis == "hukou"
    assert "(registered), which fits" in in_words(found)
    assert "(resident), which does not fit" in in_words(found)


def test_what_is_drawn_between_censuses_is_named_and_does_not_decide():
    plan = "elderly_care_beds 2015 90000; beds_per_1000_60plus 2015 30"
    (found,) = check("implied_denominator", plan, known(*CENSUSES, registered(2015, 3_000_000.0)))
    assert found.severity == "basis"
    assert "No resident count of that year is published" in in_words(found)
    assert "is not excluded either" in in_words(found)


def test_a_share_tells_the_population_it_refers_to():
    (found,) = check("share_basis", NEAR_25, known(*CENSUSES, registered(2019, 25.2, "share_60plus")))
    assert (found.severity, found.expected) == ("basis", 25.2)
    assert "18.00% in 2020, which does not fit" in in_words(found)


def test_count_and_share_of_a_forecast_imply_a_total():
    (low,) = check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES))
    assert (low.severity, low.stated, low.expected) == ("contradiction", 18_000_000, 20_000_000)
    assert "4,500,000 ÷ 25% = 18,000,000" in in_words(low)
    for value in (17e6, 18e6, 19.5e6, 25e6):
        ours = reference(2025, "population_total", value, origin="projection", low=0.97 * value, high=1.03 * value)
        assert check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES, ours)) == [low], "hangs on counts"
    (bound,) = check("implied_total", forecast(4_500_000.0, 25.0, comparator=">="), known(*CENSUSES))
    assert (bound.severity, bound.stated) == ("consistent", None), "over 4.5 million may be 5 million: no point at all"


def test_a_forecast_read_as_residents_depends_on_that_reading():
    row = within(4_000_000.0, 4_400_000.0)
    plan = "population_60plus 2020 3600000 read_as=resident; population_60plus projection 2025 3900000"
    (found,) = check("cohort", plan, known(row))
    assert (found.severity, found.basis) == ("basis", "resident")
    assert "does not apply if registered people are meant" in in_words(found)
    mixed = f"population_60plus 2019 3500000 hukou; {plan}"
    assert not check("cohort", mixed, known(row)), "its facts speak of both"


def intervals(draws):
    """What population.csv would publish of `draws` of people aged 60+ in 2025."""
    rows = [(level, np.quantile(draws, level)) for level in (0.025, 0.1, 0.5, 0.9, 0.975)]
    frame = pd.DataFrame(rows, columns=["output_type_id", "value"])
    fixed = {"scenario": "central", "region": "here", "year": 2025, "date": "2025-12-31", "sex": "both"}
    return frame.assign(**fixed, age_group="60+", output_type="quantile")


@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.15])
def test_no_finding_turns_with_the_sample_of_draws_unless_it_is_called_borderline(sigma):
    random = np.random.default_rng(20201101)
    draws = 1e6 * np.exp(sigma * random.standard_t(8, 4000))
    published = references_of(projected_references(intervals(draws)), "here")
    again = [
        references_of(projected_references(intervals(random.choice(draws, len(draws)))), "here") for _ in range(100)
    ]
    seen = set()
    for value in np.round(1e6 * np.exp(sigma * np.linspace(-4, 4, 17)), -3):
        for comparator in ("", ">="):
            plan = f"population_60plus projection 2025 {comparator}{value} resident"
            (severity,) = severities(check("projection", plan, published))
            outcomes = [severities(check("projection", plan, other)) for other in again]
            flipped = sum({severity, *other} >= {"consistent", "contradiction"} for other in outcomes)
            seen.add(severity)
            if severity != "borderline":
                assert flipped <= 0.01 * len(again), (value, severity)
    assert seen == {"consistent", "contradiction", "borderline"}


def test_of_two_series_of_one_share_the_first_counts():
    rows = (reference(2020, "share_60plus", value, basis="hukou", origin="published") for value in (18.0, 19.0))
    case = AuditCase((), INDICATORS, known(*rows))
    assert case.share("share_60plus", INDICATORS["share_60plus"], "hukou", 2020) == (18.0, 2020)

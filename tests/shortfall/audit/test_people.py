"""Audit rules of people: populations, denominators, shares, recipients and forecasts against counts from outside."""

import numpy as np
import pandas as pd
import pytest
from audit_cases import CENSUSES, known, reference, severities

from pipeline.shortfall.audit.known_people import References, projected_references


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
    found = check("population", f"population_60plus {year} {value}", known(*CENSUSES))
    assert severities(found) == expected


def test_a_population_that_fits_the_register_is_not_held_against_the_census(check):
    register = reference(2020, "population_60plus", 4_000_000.0, basis="hukou", origin="published")
    for basis, severity in (("unspecified", "consistent"), ("resident", "contradiction")):
        found = check("population", f"population_60plus 2020 4000000 {basis}", known(*CENSUSES, register))
        assert severities(found) == [severity]


def test_a_ratio_tells_the_population_it_refers_to(check, in_words):
    plan = "elderly_care_beds 2020 90000; beds_per_1000_60plus 2020"
    register = reference(2020, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", f"{plan} 30", known(*CENSUSES, register))
    assert (found.severity, found.stated, found.expected) == ("basis", 3_000_000, 3_000_000)
    assert found.basis == "hukou"
    assert "(registered), which fits" in in_words(found)
    assert "(resident), which does not fit" in in_words(found)
    assert severities(check("implied_denominator", f"{plan} 25", known(*CENSUSES))) == ["consistent"]
    assert not check("implied_denominator", f"{plan} 45", known(*CENSUSES, register))


def test_what_is_drawn_between_censuses_is_named_and_does_not_decide(check, in_words):
    plan = "elderly_care_beds 2015 90000; beds_per_1000_60plus 2015 30"
    register = reference(2015, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", plan, known(*CENSUSES, register))
    assert found.severity == "basis"
    assert "No resident count of that year is published" in in_words(found)
    assert "is not excluded either" in in_words(found)


def test_a_share_tells_the_population_it_refers_to(check, in_words):
    register = reference(2019, "share_60plus", 25.2, basis="hukou", origin="published")
    share = "share_60plus projection 2020 ~25"
    (found,) = check("share_basis", share, known(*CENSUSES, register))
    assert (found.severity, found.expected) == ("basis", 25.2)
    assert "18.00% in 2020, which does not fit" in in_words(found)
    assert not check("share_basis", share, known(*CENSUSES))
    near = reference(2019, "share_60plus", 18.2, basis="hukou", origin="published")
    assert not check("share_basis", "share_60plus projection 2020 18", known(*CENSUSES, near))


def test_recipients_are_no_more_than_the_people_of_that_age(check):
    counted = known(reference(2010, "population_80plus", 70_000.0), reference(2020, "population_80plus", 120_000.0))

    def run(value):
        return severities(check("recipients", f"elderly_allowance_recipients 2021 {value}", counted))

    assert run(125_000.0) == ["consistent"]
    assert run(129_000.0) == [], "above the trend, yet not impossible a year after the census"
    assert run(150_000.0) == ["contradiction"]


def forecast(count: float, share: float, basis: str = "resident", comparator: str = "") -> str:
    """A forecast by count, of people on the basis, and by share of residents."""
    counted = f"population_60plus projection 2025 {comparator}{count} {basis}"
    return f"{counted}; share_60plus projection 2025 {share} resident"


def intervals(draws: np.ndarray) -> pd.DataFrame:
    """What population.csv would publish of `draws` of people aged 60+ in 2025."""
    rows = [(level, np.quantile(draws, level)) for level in (0.025, 0.1, 0.5, 0.9, 0.975)]
    frame = pd.DataFrame(rows, columns=["output_type_id", "value"])
    fixed = {"scenario": "central", "region": "here", "year": 2025, "date": "2025-12-31", "sex": "both"}
    return frame.assign(**fixed, age_group="60+", output_type="quantile")


def test_count_and_share_of_a_forecast_imply_a_total(check, in_words):
    (low,) = check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES))
    assert (low.severity, low.stated, low.expected) == ("contradiction", 18_000_000, 20_000_000)
    assert "4,500,000 ÷ 25% = 18,000,000" in in_words(low)
    assert severities(check("implied_total", forecast(5_000_000.0, 25.0), known(*CENSUSES))) == ["consistent"]
    (bound,) = check("implied_total", forecast(4_500_000.0, 25.0, comparator=">="), known(*CENSUSES))
    assert (bound.severity, bound.stated) == ("consistent", None), "over 4.5 million may be 5 million: no point at all"


@pytest.mark.parametrize("value", [17_000_000.0, 18_000_000.0, 19_500_000.0, 25_000_000.0])
def test_an_implied_total_hangs_on_counts_and_never_on_our_projection(check, value):
    ends = {"low": 0.97 * value, "high": 1.03 * value}
    ours = reference(2025, "population_total", value, origin="projection", **ends)
    alone = check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES))
    assert check("implied_total", forecast(4_500_000.0, 25.0), known(*CENSUSES, ours)) == alone


def test_a_forecast_of_registered_people_is_not_held_against_residents(check):
    row = reference(2025, "population_60plus", 4_250_000.0, origin="cohort", low=4_000_000.0, high=4_400_000.0)
    counts = known(*CENSUSES, row)
    for basis in ("hukou", "unspecified", "unspecified read_as=hukou"):
        rows = forecast(4_500_000.0, 25.0, basis)
        assert not check("implied_total", rows, counts)
        assert not check("cohort", rows, counts)


def test_a_forecast_read_as_residents_depends_on_that_reading(check, in_words):
    row = reference(2025, "population_60plus", 4_250_000.0, origin="cohort", low=4_000_000.0, high=4_400_000.0)
    plan = "population_60plus 2020 3600000 read_as=resident; population_60plus projection 2025 3900000"
    (found,) = check("cohort", plan, known(row))
    assert (found.severity, found.basis) == ("basis", "resident")
    assert "does not apply if registered people are meant" in in_words(found)
    mixed = f"population_60plus 2019 3500000 hukou; {plan}"
    assert not check("cohort", mixed, known(row)), "its facts speak of both"


@pytest.mark.parametrize("origin", ["cohort", "projection"])
def test_a_forecast_against_an_interval_of_its_year(check, origin):
    row = reference(2025, "population_60plus", 4_250_000.0, origin=origin, low=4_000_000.0, high=4_500_000.0)

    def run(value, comparator="", basis="resident"):
        plan = f"population_60plus projection 2025 {comparator}{value} {basis}"
        return severities(check(origin, plan, known(row)))

    assert run(4_200_000.0) == ["consistent"]
    assert run(3_800_000.0) == ["contradiction"]
    assert run(4_700_000.0) == ["contradiction"]
    assert run(3_800_000.0, comparator=">=") == ["consistent"]
    assert run(4_700_000.0, comparator=">=") == ["contradiction"], "even its least is too many"
    near = ["borderline"] if origin == "projection" else ["contradiction"]
    assert run(3_980_000.0) == near
    assert run(3_800_000.0, basis="hukou") == []


@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.15])
def test_no_finding_turns_with_the_sample_of_draws_unless_it_is_called_borderline(check, sigma):
    random = np.random.default_rng(20201101)
    draws = 1e6 * np.exp(sigma * random.standard_t(8, 4000))
    published = References.of_region(projected_references(intervals(draws)), "here")
    again = [
        References.of_region(projected_references(intervals(random.choice(draws, len(draws)))), "here")
        for _ in range(200)
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

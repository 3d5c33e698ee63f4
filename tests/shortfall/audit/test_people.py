"""Audit rules of people: populations, denominators, shares and recipients against counts from outside."""

import pytest
from audit_cases import CENSUSES, known, reference, severities


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


def test_a_ratio_tells_the_population_it_refers_to(check, in_words):
    beds = ("elderly_care_beds", "baseline", 2020, 90_000.0)
    ratio = ("beds_per_1000_60plus", "baseline", 2020, 30.0)
    register = reference(2020, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", [beds, ratio], known(*CENSUSES, register))
    assert (found.severity, found.stated, found.expected) == ("basis", 3_000_000, 3_000_000)
    assert found.basis == "hukou"
    assert "(registered), which fits" in in_words(found)
    assert "(resident), which does not fit" in in_words(found)
    only_census = check("implied_denominator", [beds, (*ratio[:3], 25.0)], known(*CENSUSES))
    assert severities(only_census) == ["consistent"]
    assert not check("implied_denominator", [beds, (*ratio[:3], 45.0)], known(*CENSUSES, register))


def test_what_is_drawn_between_censuses_is_named_and_does_not_decide(check, in_words):
    beds = ("elderly_care_beds", "baseline", 2015, 90_000.0)
    ratio = ("beds_per_1000_60plus", "baseline", 2015, 30.0)
    register = reference(2015, "population_60plus", 3_000_000.0, basis="hukou", origin="published")
    (found,) = check("implied_denominator", [beds, ratio], known(*CENSUSES, register))
    assert found.severity == "basis"
    assert "No resident count of that year is published" in in_words(found)
    assert "is not excluded either" in in_words(found)


def test_a_share_tells_the_population_it_refers_to(check, in_words):
    register = reference(2019, "share_60plus", 25.2, basis="hukou", origin="published")
    share = ("share_60plus", "projection", 2020, 25.0, {"comparator": "about"})
    (found,) = check("share_basis", [share], known(*CENSUSES, register))
    assert (found.severity, found.expected) == ("basis", 25.2)
    assert "18.00% in 2020, which does not fit" in in_words(found)
    assert not check("share_basis", [share], known(*CENSUSES))
    near = reference(2019, "share_60plus", 18.2, basis="hukou", origin="published")
    assert not check("share_basis", [("share_60plus", "projection", 2020, 18.0)], known(*CENSUSES, near))


def test_recipients_are_no_more_than_the_people_of_that_age(check):
    counted = known(reference(2010, "population_80plus", 70_000.0), reference(2020, "population_80plus", 120_000.0))

    def run(value):
        plan = [("elderly_allowance_recipients", "baseline", 2021, value)]
        return severities(check("recipients", plan, counted))

    assert run(125_000.0) == ["consistent"]
    assert run(129_000.0) == [], "above the trend, yet not impossible a year after the census"
    assert run(150_000.0) == ["contradiction"]

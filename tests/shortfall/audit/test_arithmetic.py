"""Audit rules of arithmetic: shares, sums, parts, gaps and increases of a plan against one another."""

import pytest
from audit_cases import severities

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
    ],
)
def test_how_figures_go_together(check, rule: str, plan: str, expected: list[str]) -> None:
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
def test_the_arithmetic_is_told(
    check, in_words, rule: str, plan: str, severity: str, expected: float, told: str
) -> None:
    (found,) = check(rule, plan)
    assert (found.severity, found.expected) == (severity, pytest.approx(expected, abs=1e-3))
    assert told in in_words(found)

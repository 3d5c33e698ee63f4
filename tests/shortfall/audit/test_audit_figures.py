import numpy as np
import pytest
from audit_cases import known, reference
from care_plan import INDICATORS
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.audit_words import explanation
from pipeline.report.wording import Words
from pipeline.shortfall.audit.audit_case import AuditCase, cohort_bounds
from pipeline.shortfall.audit.figures import COUNTED, Span, StatedFigure, half_unit
from pipeline.shortfall.audit.rules import audit
from pipeline.vocabulary import AUDIT_SEVERITIES


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

    def grouped(years):
        births = np.exp(0.01 * (years - single))
        people = births * survival
        return np.array([people[(single >= a) & ((single < a + 5) | (a == ages[-1]))].sum() for a in ages])

    low, high = cohort_bounds(ages, grouped(0), grouped(10), 55)
    in_five_years = grouped(15)[ages >= 60].sum()
    assert low <= in_five_years <= high


TIED = sorted(
    {
        name
        for key, item in INDICATORS.items()
        for name in (key, item.numerator, item.denominator, item.subset_of, item.part_of, item.gap_of, item.increase_of)
        if name and (item.numerator or item.subset_of or item.part_of or item.gap_of or item.increase_of)
    }
)
"""Indicators that a rule can compare with another."""

COUNTS = known(
    *(
        reference(year, f"population_{name}", value * (1 + (year - 2000) / 40))
        for year in (2000, 2010, 2020)
        for name, value in {"total": 4e6, "60plus": 6e5, "65plus": 4e5, "80plus": 1e5}.items()
    ),
    reference(2020, "population_80plus", 0.0, basis="hukou", origin="published"),
    reference(2020, "population_60plus", 0.0, basis="hukou", origin="published"),
    reference(2025, "population_60plus", 1e6, origin="cohort", low=9e5, high=1.1e6),
    reference(2025, "population_60plus", 1e6, origin="projection", low=9e5, high=1.1e6),
)


VALUES = st.one_of(st.just(0.0), st.sampled_from([1.0, 25.0, 100.0, 330.0, 9e5, 1e6, 4e6]), st.floats(0.01, 1e7))
FIGURES = st.builds(
    lambda number, indicator, **keys: StatedFigure(
        id=f"made_up.{indicator}.{keys['kind']}.{keys['year']}{number}",
        indicator=indicator,
        unit=INDICATORS[indicator].unit,
        **keys,
    ),
    number=st.sampled_from(["", "", ".1", ".2"]),
    indicator=st.sampled_from(TIED),
    kind=st.sampled_from(["baseline", "baseline", "target", "projection", "norm"]),
    year=st.sampled_from([2015, 2020, 2020, 2022, 2025]),
    value=VALUES,
    comparator=st.sampled_from(["=", ">=", "<=", "about"]),
    basis=st.sampled_from(["unspecified", "resident", "hukou", "not_applicable"]),
    section=st.sampled_from("0123"),
)
"""A figure of a made-up plan."""


@settings(max_examples=150, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=40, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_an_audit_never_stops_and_knows_no_order_of_figures(plan, random):
    found = audit(AuditCase(tuple(plan), INDICATORS, COUNTS, 2021))
    assert [AUDIT_SEVERITIES.index(one.severity) for one in found] == sorted(
        AUDIT_SEVERITIES.index(one.severity) for one in found
    )
    names = {name: item.name for name, item in INDICATORS.items()}
    ids = {figure.id for figure in plan}
    for one in found:
        assert set(one.figure_ids) <= ids
        assert one.count >= 1
        for number in (one.stated, one.expected, one.difference):
            assert number is None or np.isfinite(number)
        for language in ("zh", "en"):
            text = explanation(one, Words(language), names)
            assert text
            assert "inf" not in text.replace("infants", "")
    assert len({(one.severity, one.check, one.figure_ids) for one in found}) == len(found), "the table's key"
    turned = list(plan)
    random.shuffle(turned)

    def outcome(some):
        result = audit(AuditCase(tuple(some), INDICATORS, COUNTS, 2021))
        return [(one.severity, one.check, one.stated, one.expected, one.count) for one in result]

    assert sorted(map(repr, outcome(turned))) == sorted(map(repr, outcome(plan)))

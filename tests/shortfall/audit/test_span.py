"""What a stated value leaves open: half a unit of its last digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.shortfall.audit.span import COUNTED, half_unit


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

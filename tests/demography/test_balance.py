"""Areas that make up a whole add up to it in every draw, and stay populations."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.axes import OPEN_AGE
from pipeline.demography.area import AreaDraws, Nation, Scenario, project_area
from pipeline.demography.balance import project_balanced, unbalanced
from pipeline.demography.cohort_change import COHORT_GROUPS

DRAWS, YEARS, AREAS = 7, 6, 3
SINGLE_AGES = (*map(str, range(OPEN_AGE)), f"{OPEN_AGE}+")
GROUPS = len(COHORT_GROUPS)


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(8)
    ages = np.arange(131)
    lx = np.exp(-np.cumsum(np.r_[0.0, 0.0004 * np.exp(0.085 * ages[:-1])].clip(max=0.9)))
    standard = np.broadcast_to(lx, (YEARS, 2, 131)).copy()
    shape = np.zeros((YEARS, OPEN_AGE + 1))
    shape[:, 20:40] = 1 / 20
    nation = Nation(standard, shape, np.full(YEARS, 1.06))
    people = rng.uniform(500.0, 5000.0, (AREAS, 2, OPEN_AGE + 1)) * np.exp(-0.03 * np.arange(OPEN_AGE + 1))

    def area(base, size):
        return AreaDraws(
            base[None],
            size * rng.standard_normal((DRAWS, YEARS, 2)),
            0.03 * rng.standard_normal((DRAWS, 1, 2, GROUPS)),
            size * rng.standard_normal((DRAWS, YEARS, 2, GROUPS)),
            1.2 * np.exp(0.05 * rng.standard_normal((DRAWS, YEARS))),
        )

    return area(people.sum(axis=0), 0.0), [area(base, 0.2) for base in people], nation


def together(case, chunk=3):
    whole, areas, nation = case
    return list(project_balanced(whole, areas, nation, Scenario(), SINGLE_AGES, chunk=chunk))


def test_areas_add_up_in_every_draw_and_none_falls_below_zero(case):
    seen = 0
    for part, found in together(case):
        total = sum(found.areas)
        np.testing.assert_allclose(total, found.whole, rtol=1e-9)
        assert min(area.min() for area in found.areas) >= 0
        seen += part.stop - part.start
    assert seen == DRAWS


def test_the_factor_makes_each_area_by_itself_what_it_is_together(case):
    _, areas, nation = case
    ((_, found),) = together(case, DRAWS)
    again = project_area(replace(areas[1], balance=found.factor), nation, Scenario())
    # Births follow the women of a year's end as raked here, and before raking there.
    born_before = (slice(None), slice(None), slice(None), slice(YEARS, None))
    np.testing.assert_allclose(again[born_before], found.areas[1][born_before], rtol=1e-9)
    np.testing.assert_allclose(again, found.areas[1], rtol=0.1)


def test_what_they_had_before_is_told_for_those_alive_at_the_start(case):
    _, areas, nation = case
    ((_, found),) = together(case, DRAWS)
    free = sum(project_area(area, nation, Scenario()) for area in areas)
    before = unbalanced(found.whole, found.factor)
    # The open group mixes cohorts; below it each cohort is told exactly.
    for year in range(YEARS + 1):
        part = slice(year, OPEN_AGE - 1)
        np.testing.assert_allclose(before[:, year, :, part], free[:, year, :, part], rtol=1e-9)
    assert np.isnan(before[:, -1, :, 0]).all()


def test_chunks_change_nothing(case):
    one = np.concatenate([found.factor for _, found in together(case, 2)])
    other = np.concatenate([found.factor for _, found in together(case, DRAWS)])
    np.testing.assert_array_equal(one, other)


def test_areas_without_people_of_an_age_are_refused(case):
    whole, areas, nation = case
    nobody = [replace(area, base=area.base * (np.arange(OPEN_AGE + 1) != 50)) for area in areas]
    with pytest.raises(ValueError, match="nobody of an age"):
        list(project_balanced(whole, nobody, nation, Scenario(), ("60+",)))

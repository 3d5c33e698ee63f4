"""One area projected: the compiled kernel against arrays over all draws, group sums, threads."""

from dataclasses import replace

import numpy as np
import pytest
from array_engine import area_rates, project_arrays
from demography_data import national_standard
from numba import njit

from pipeline.axes import OPEN_AGE
from pipeline.demography import kernel
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import AreaDraws, Nation, Scenario, project_area
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.demography.fertility import single_age_asfr
from pipeline.demography.kernel import BLOCK

YEARS, DRAWS = 15, 40
STANDARD = national_standard(2020, 2020 + YEARS - 1)
SHARES = np.array([2.0, 15.0, 38.0, 28.0, 12.0, 4.0, 1.0])
NATION = Nation(STANDARD, single_age_asfr(np.ones(YEARS), np.tile(SHARES, (YEARS, 1))), np.linspace(1.11, 1.08, YEARS))
SCENARIO = Scenario(1.9, 0.7, 50, 0.8, 20.0, 1.1)


def area(draws: int = DRAWS, *, lone: bool = False, balanced: bool = False) -> AreaDraws:
    """Draws at random; `lone` with one base, no migration and one consistency for all years, as a nation has them."""
    rng = np.random.default_rng(draws)
    groups = len(COHORT_GROUPS)
    base = 1e5 * np.exp(-0.02 * np.arange(OPEN_AGE + 1)) * rng.uniform(0.5, 1.5, (1 if lone else draws, 2, 101))
    return AreaDraws(
        base,
        rng.normal(0.0, 0.3, (draws, YEARS, 2)),
        rng.normal(0.0, 0.1, (draws, 1, 2, groups)),
        np.zeros((1, 1, 2, groups)) if lone else rng.normal(0.0, 0.2, (draws, YEARS, 2, groups)),
        rng.uniform(0.8, 1.5, (draws, YEARS)),
        rng.normal(0.0, 0.01, (draws, YEARS, 2, 101)) if balanced else None,
    )


@pytest.mark.parametrize("lone", [False, True])
@pytest.mark.parametrize("balanced", [False, True])
def test_the_kernel_equals_the_array_form(lone: bool, balanced: bool) -> None:
    one = area(lone=lone, balanced=balanced)
    people, _ = project_arrays(np.broadcast_to(one.base, (DRAWS, 2, 101)), area_rates(one, NATION, SCENARIO), 1, "even")
    np.testing.assert_allclose(project_area(one, NATION, SCENARIO), people, rtol=1e-12)


def test_consistency_may_differ_by_year() -> None:
    one = area()
    rng = np.random.default_rng(4)
    one = replace(one, consistency=rng.normal(0.0, 0.1, (DRAWS, YEARS, 2, len(COHORT_GROUPS))))
    people, _ = project_arrays(one.base, area_rates(one, NATION, SCENARIO), 1, "even")
    np.testing.assert_allclose(project_area(one, NATION, SCENARIO), people, rtol=1e-12)


def test_groups_are_sums_of_single_ages() -> None:
    groups = ("0-2", "0-14", "15-59", "60+", "95-99", "100+", "total")
    single = project_area(area(), NATION, SCENARIO)
    found = project_area(area(), NATION, SCENARIO, groups)
    np.testing.assert_allclose(found, single @ summing_matrix(groups).T, rtol=1e-11)


def test_threads_change_no_byte() -> None:
    many = area(2 * BLOCK + 3)
    one = project_area(many, NATION, SCENARIO, ("60+", "80+"), threads=1)
    for threads in (2, 3):
        np.testing.assert_array_equal(project_area(many, NATION, SCENARIO, ("60+", "80+"), threads=threads), one)
    some = project_area(many.select(slice(BLOCK, BLOCK + 2)), NATION, SCENARIO, ("60+", "80+"))
    np.testing.assert_array_equal(some, one[BLOCK : BLOCK + 2])


def test_code_that_cannot_be_kept_on_disk_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refusing(**options: object) -> object:
        asked.append(options.get("cache", False))
        if asked[-1]:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(kernel, "njit", refusing)
    assert kernel.compiled(lambda number: number + 1)(1) == 2
    assert asked == [True, False]

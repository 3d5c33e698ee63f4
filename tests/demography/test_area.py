import numpy as np
import pytest
from array_engine import area_rates, project_arrays, scenario
from demography_data import SINGLE_AGES, national_standard
from numba import njit

from pipeline.axes import OPEN_AGE
from pipeline.demography import area as area_module
from pipeline.demography import kernel
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import AreaDraws, Nation, project_area, project_balanced, scenario_levels, unbalanced
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.demography.kernel import BLOCK, survive
from pipeline.demography.lifetable import life_expectancy, logit_survivors, relational_survivors
from pipeline.demography.vital_rates import single_age_asfr, yearly_survival
from pipeline.settings.forecast import Mortality

YEARS, DRAWS, GROUPS = 15, 40, len(COHORT_GROUPS)
STANDARD = national_standard(2020, 2020 + YEARS - 1)
SHARES = np.array([2.0, 15.0, 38.0, 28.0, 12.0, 4.0, 1.0])
NATION = Nation(STANDARD, single_age_asfr(np.tile(SHARES, (YEARS, 1))), np.linspace(1.11, 1.08, YEARS))
SCENARIO = scenario(1.9, 0.7, 50, 0.8, 20.0, 1.1)
ENDS = [
    getattr(limit, end)
    for limit in Mortality.model_fields["extra_e0"].metadata
    for end in ("ge", "le")
    if hasattr(limit, end)
]


def area(draws=DRAWS, *, seed=0, lone=False, balanced=False):
    """Draws at random; `lone` with one base, no migration and one consistency for all years, as a nation has them."""
    rng = np.random.default_rng(draws + seed)
    base = 1e5 * np.exp(-0.02 * np.arange(OPEN_AGE + 1)) * rng.uniform(0.5, 1.5, (1 if lone else draws, 2, 101))
    return AreaDraws(
        base,
        rng.normal(0.0, 0.3, (draws, YEARS, 2)),
        rng.normal(0.0, 0.1, (draws, 1, 2, GROUPS)),
        np.zeros((1, 1, 2, GROUPS)) if lone else rng.normal(0.0, 0.2, (draws, YEARS, 2, GROUPS)),
        rng.uniform(0.8, 1.5, (draws, YEARS)),
        rng.normal(0.0, 0.01, (draws, YEARS, 2, 101)) if balanced else None,
    )


YEARLY = area()._replace(consistency=np.random.default_rng(4).normal(0.0, 0.1, (DRAWS, YEARS, 2, GROUPS)))
"""Whose consistency differs by year."""


@pytest.mark.parametrize("one", [area(), area(lone=True), area(balanced=True), area(lone=True, balanced=True), YEARLY])
def test_the_kernel_equals_the_array_form(one):
    people = project_arrays(np.broadcast_to(one.base, (DRAWS, 2, 101)), area_rates(one, NATION, SCENARIO), 1, "even")
    np.testing.assert_allclose(project_area(one, NATION, SCENARIO), people, rtol=1e-12)


def test_groups_are_sums_of_single_ages():
    groups = ("0-2", "0-14", "15-59", "60+", "95-99", "100+", "total")
    single = project_area(area(), NATION, SCENARIO)
    found = project_area(area(), NATION, SCENARIO, groups)
    np.testing.assert_allclose(found, single @ summing_matrix(groups).T, rtol=1e-11)


def test_threads_change_no_byte():
    many = area(2 * BLOCK + 3)
    one = project_area(many, NATION, SCENARIO, ("60+", "80+"), threads=1)
    for threads in (2, 3):
        np.testing.assert_array_equal(project_area(many, NATION, SCENARIO, ("60+", "80+"), threads=threads), one)
    some = project_area(many.select(slice(BLOCK, BLOCK + 2)), NATION, SCENARIO, ("60+", "80+"))
    np.testing.assert_array_equal(some, one[BLOCK : BLOCK + 2])


def test_code_that_cannot_be_kept_on_disk_is_compiled_all_the_same(monkeypatch):
    asked = []

    def refusing(**options):
        asked.append(options.get("cache", False))
        if asked[-1]:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(kernel, "njit", refusing)
    assert kernel.compiled(lambda number: number + 1)(1) == 2
    assert asked == [True, False]


@pytest.mark.parametrize("extra", ENDS)
def test_both_ends_of_extra_e0_that_params_yaml_allows_are_reached(extra):
    assert len(ENDS) == 2
    levels = scenario_levels(STANDARD, extra)
    moved = life_expectancy(relational_survivors(STANDARD[-1], levels[-1])) - life_expectancy(STANDARD[-1])
    assert moved == pytest.approx(extra, abs=1e-4)


def test_survival_is_exact_and_a_ratio_at_every_level():
    odds = np.exp(logit_survivors(STANDARD[0, :, 1:]))
    levels = np.linspace(-6.0, 6.0, 9)
    expected = yearly_survival(STANDARD[:1], levels[:, None, None] * np.ones((1, 1, 2)))[:, 0]
    ratios, lx = np.empty(101), np.empty(131)
    for level, exact in zip(levels, expected, strict=True):
        for sex in range(2):
            survive(ratios, odds[sex], level, lx)
            np.testing.assert_allclose(ratios, exact[sex], rtol=1e-12)
            assert ((ratios >= 0) & (ratios <= 1)).all()


PARTS = [area(7, seed=seed) for seed in (1, 2, 3)]
WHOLE = area(7, lone=True)._replace(base=sum(part.base for part in PARTS))


@pytest.fixture(scope="module")
def together():
    """`PARTS` that make up `WHOLE`, all draws at once."""
    ((_, found),) = project_balanced(WHOLE, PARTS, NATION, scenario(), SINGLE_AGES)
    return found


def test_areas_add_up_in_every_draw_and_none_falls_below_zero(together):
    np.testing.assert_allclose(sum(together.areas), together.whole, rtol=1e-9)
    assert min(people.min() for people in together.areas) >= 0


def test_chunks_change_nothing(together, monkeypatch):
    monkeypatch.setattr(area_module, "CHUNK", 3)
    draws, parts = zip(*project_balanced(WHOLE, PARTS, NATION, scenario(), SINGLE_AGES), strict=True)
    assert draws == (slice(0, 3), slice(3, 6), slice(6, 7))
    np.testing.assert_array_equal(np.concatenate([part.factor for part in parts]), together.factor)
    np.testing.assert_array_equal(np.concatenate([part.areas[2] for part in parts]), together.areas[2])


def test_the_factor_makes_each_area_by_itself_what_it_is_together(together):
    again = project_area(PARTS[1]._replace(balance=together.factor), NATION, scenario())
    # Births follow the women of a year's end as raked here, and before raking there.
    born_before = (slice(None), slice(None), slice(None), slice(YEARS, None))
    np.testing.assert_allclose(again[born_before], together.areas[1][born_before], rtol=1e-9)
    np.testing.assert_allclose(again, together.areas[1], rtol=0.1)


def test_what_areas_had_before_is_known_for_those_alive_at_the_start(together):
    free = sum(project_area(part, NATION, scenario()) for part in PARTS)
    before = unbalanced(together.whole, together.factor)
    # The open group mixes cohorts; below it each cohort is exact.
    for year in range(YEARS + 1):
        alive = slice(year, OPEN_AGE - 1)
        np.testing.assert_allclose(before[:, year, :, alive], free[:, year, :, alive], rtol=1e-9)
    assert np.isnan(before[:, -1, :, 0]).all()


def test_areas_without_people_of_an_age_are_refused():
    nobody = [part._replace(base=part.base * (np.arange(OPEN_AGE + 1) != 50)) for part in PARTS]
    with pytest.raises(ValueError, match="nobody of an age"):
        list(project_balanced(WHOLE, nobody, NATION, scenario(), ("60+",)))

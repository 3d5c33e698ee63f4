"""The step of the projection: a published example, identities, symmetries, and two independent forms."""

from dataclasses import replace

import numpy as np
import pytest
from array_engine import Convention, Rates, project, project_arrays
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.axes import Array

FLOWS = ("population", "births", "deaths", "net_migration", "adjustment")
CONVENTIONS: tuple[Convention, ...] = ("even", "end")
PARTS = frozenset({"counts", "ratios", "consistency"})
MALE, FEMALE = 0, 1
NOBODY_BORN = np.zeros((1, 1, 101))
EVEN_SRB = np.ones((1, 1))


def random_case(
    seed: int, draws: int, steps: int, ages: int, parts: frozenset[str] = frozenset(), broadcast: bool = False
) -> tuple[Array, Rates]:
    """A base and rates at random, with `PARTS` of migration and consistency; nobody moves out who is not there."""
    rng = np.random.default_rng(seed)
    full = (draws, steps, 2, ages)

    def shape(*axes: int) -> tuple[int, ...]:
        if not broadcast:
            return axes
        return (*(axis if rng.random() < 0.5 else 1 for axis in axes[:2]), *axes[2:])

    asfr = np.zeros(shape(draws, steps, ages))
    fertile = slice(max(1, ages // 6), max(2, ages // 2))
    asfr[..., fertile] = rng.uniform(0.01, 0.3, asfr[..., fertile].shape)
    base = rng.uniform(1e3, 1e6, (draws, 2, ages))
    rates = Rates(
        rng.uniform(0.5, 1.0, shape(*full)),
        asfr,
        rng.uniform(1.0, 1.2, shape(draws, steps)),
        net_migrants=rng.uniform(-5.0, 500.0, shape(*full)) if "counts" in parts else None,
        migration_ratio=rng.uniform(0.8, 1.2, shape(*full)) if "ratios" in parts else None,
        consistency=rng.uniform(0.9, 1.1, shape(*full)) if "consistency" in parts else None,
    )
    return base, rates


def leslie(base: Array, rates: Rates, width: int, convention: Convention) -> Array:
    """The same projection of one draw by matrices: P(t+1) = L·(P + early) + G·late, for women and men apart."""
    ages = base.shape[-1]
    path = [base[0]]
    for t in range(rates.steps()):

        def year(array: Array | None, neutral: float, when: int = t) -> Array:
            return np.full((2, ages), neutral) if array is None else array[0, when if array.shape[1] > 1 else 0]

        net = year(rates.net_migrants, 0.0)
        early = net / 2 if convention == "even" else 0 * net
        stay = year(rates.survival, 1.0) * year(rates.consistency, 1.0) * year(rates.migration_ratio, 1.0)
        asfr = rates.asfr[0, t if rates.asfr.shape[1] > 1 else 0]
        srb = rates.srb[0, t if rates.srb.shape[1] > 1 else 0]
        ageing = []
        for sex in (MALE, FEMALE):
            matrix = np.diag(stay[sex, 1:], -1)
            matrix[-1, -1] = stay[sex, -1]
            ageing.append(matrix)
        women = np.eye(ages) + ageing[FEMALE]
        following = []
        for sex, share in ((MALE, srb / (1 + srb)), (FEMALE, 1 / (1 + srb))):
            to_first = stay[sex, 0] * share * width / 2 * asfr
            people = ageing[sex] @ (path[-1][sex] + early[sex]) + (net - early)[sex]
            births = to_first @ women @ (path[-1][FEMALE] + early[FEMALE]) + to_first @ (net - early)[FEMALE]
            following.append(people + births * np.eye(ages)[0])
        path.append(np.stack(following))
    return np.stack(path)[None]


# Preston, Heuveline & Guillot (2001), Demography, Box 6.2: Sweden, women 1993 → 1998, ages 0-4 … 85+.
SWEDEN_1993 = """293395 248369 240012 261346 285209 314388 281290 286923 304108 324946 247613 211351 215140 221764
    223506 183654 141990 112424"""
SWEDEN_MIGRANTS = "6840 4150 3365 5270 9240 8230 5470 3155 1770 1115 1075 845 645 530 465 300 250 175"
SWEDEN_SURVIVAL = """.9949740 .9992985 .9995233 .9992554 .9987332 .9985199 .9980714 .9970600 .9953060 .9921826
    .9877767 .9815277 .9704654 .9526070 .9234718 .8698603 .7749559 .5179282"""
SWEDEN_ASFR = ".0120 .0908 .1499 .1125 .0441 .0074 .0003"
SWEDEN_BIRTHS = "15244 126688 229354 170057 63203 10971 472"
SWEDEN_1998 = """302392 298682 252007 244150 268267 293515 320624 284767 288031 303166 322062 243989 205841 205516
    205270 194771 142565 131966"""
SWEDEN_BOYS_1998 = 317340


def numbers(text: str) -> Array:
    return np.array(text.split(), dtype=float)


def test_box_6_2_of_preston_heuveline_and_guillot_to_the_whole_person() -> None:
    women, migrants, survival = numbers(SWEDEN_1993), numbers(SWEDEN_MIGRANTS), numbers(SWEDEN_SURVIVAL)
    asfr = np.zeros(18)
    asfr[3:10] = numbers(SWEDEN_ASFR)
    # The box has boys survive and move like girls; men above age 4 play no part in it.
    both = (np.broadcast_to(column, (1, 1, 2, 18)) for column in (survival, migrants))
    surviving, moving = both
    result = project(
        np.stack([np.zeros(18) + 1e6, women])[None],
        Rates(surviving, asfr[None, None], np.array([[1.05]]), net_migrants=moving),
        width=5,
        convention="even",
    )
    after = result.population[0, 1]
    np.testing.assert_allclose(after[FEMALE], numbers(SWEDEN_1998), atol=0.5001, rtol=0)
    assert after[MALE, 0] == pytest.approx(SWEDEN_BOYS_1998, abs=0.5001)
    mothers = (women + migrants / 2 + after[FEMALE]) / 2
    births = 5 * asfr * mothers
    np.testing.assert_allclose(births[3:10], numbers(SWEDEN_BIRTHS), atol=0.5001, rtol=0)
    assert result.births.sum() == pytest.approx(numbers(SWEDEN_BIRTHS).sum(), abs=3.5)
    assert result.births[0, 0, MALE] == pytest.approx(1.05 * result.births[0, 0, FEMALE], rel=1e-12)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize(("width", "ages", "steps"), [(1, 101, 15), (5, 21, 8)])
@pytest.mark.parametrize("parts", [frozenset(), frozenset({"counts"}), frozenset({"ratios"}), PARTS])
def test_kernel_equals_the_leslie_matrix_form(
    width: int, ages: int, steps: int, convention: Convention, parts: frozenset[str]
) -> None:
    base, rates = random_case(width, 1, steps, ages, parts)
    ours = project(base, rates, width, convention).population
    np.testing.assert_allclose(ours, leslie(base, rates, width, convention), rtol=1e-9)


def test_closed_population_without_deaths_births_or_migration_stays_put() -> None:
    base = np.random.default_rng(0).integers(0, 10**6, (3, 2, 101)).astype(float)
    result = project(base, Rates(np.ones((1, 120, 2, 101)), NOBODY_BORN, EVEN_SRB))
    heads = result.population.sum(axis=-1)
    np.testing.assert_array_equal(heads, np.broadcast_to(heads[:, :1], heads.shape))
    np.testing.assert_array_equal(result.population[:, -1, :, 100], heads[:, 0])
    for flow in FLOWS[1:]:
        np.testing.assert_array_equal(getattr(result, flow), 0.0)


CASES = st.builds(
    random_case,
    st.integers(0, 2**32 - 1),
    st.integers(1, 5),
    st.integers(1, 6),
    st.integers(3, 30),
    st.frozensets(st.sampled_from(sorted(PARTS))),
    st.booleans(),
)


@settings(deadline=None)
@given(case=CASES, convention=st.sampled_from(CONVENTIONS), width=st.sampled_from([1, 5]))
def test_people_are_conserved_in_every_draw(case: tuple[Array, Rates], convention: Convention, width: int) -> None:
    base, rates = case
    result = project(base, rates, width, convention)
    assert result.population.shape == (len(base), rates.steps() + 1, *base.shape[1:])
    heads = result.population.sum(axis=-1)
    change = result.births - result.deaths + result.net_migration + result.adjustment
    np.testing.assert_allclose(heads[:, 1:], heads[:, :-1] + change, rtol=1e-12)
    np.testing.assert_array_equal(result.population[:, 0], base)
    assert (result.population >= 0).all()
    # Survival lies in [0.5, 1], so deaths cannot be negative however people move.
    assert (result.deaths >= -1e-6).all()
    if rates.net_migrants is not None and rates.migration_ratio is None:
        moved = np.broadcast_to(rates.net_migrants.sum(axis=-1), result.net_migration.shape)
        np.testing.assert_allclose(result.net_migration, moved, rtol=1e-12, atol=1e-9)
    if rates.net_migrants is None and rates.migration_ratio is None:
        np.testing.assert_array_equal(result.net_migration, 0.0)
    if rates.consistency is None:
        np.testing.assert_array_equal(result.adjustment, 0.0)


@settings(deadline=None, max_examples=50)
@given(case=CASES, convention=st.sampled_from(CONVENTIONS))
def test_years_one_by_one_equal_one_run_of_them_all(case: tuple[Array, Rates], convention: Convention) -> None:
    base, rates = case
    whole = project(base, rates, convention=convention)
    people = base
    for t in range(rates.steps()):
        alone = project(people, one_step(rates, t), convention=convention)
        people = alone.population[:, -1]
        np.testing.assert_array_equal(people, whole.population[:, t + 1])
        for flow in FLOWS[1:]:
            np.testing.assert_array_equal(getattr(alone, flow)[:, 0], getattr(whole, flow)[:, t])


def one_step(rates: Rates, t: int) -> Rates:
    parts = {
        name: array[:, t : t + 1] if array.shape[1] > 1 else array
        for name, array in vars(rates).items()
        if array is not None
    }
    return Rates(**parts)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_same_inputs_for_both_sexes_give_the_same_output(convention: Convention) -> None:
    base, rates = random_case(7, 4, 10, 101, PARTS)
    base[:, MALE] = base[:, FEMALE]
    for name in ("survival", "net_migrants", "migration_ratio", "consistency"):
        array = getattr(rates, name)
        array[:, :, MALE] = array[:, :, FEMALE]
    result = project(base, replace(rates, srb=EVEN_SRB), convention=convention)
    np.testing.assert_array_equal(result.population[:, :, MALE], result.population[:, :, FEMALE])
    for flow in FLOWS[1:]:
        np.testing.assert_allclose(getattr(result, flow)[..., MALE], getattr(result, flow)[..., FEMALE])


@settings(deadline=None, max_examples=50)
@given(case=CASES, convention=st.sampled_from(CONVENTIONS), width=st.sampled_from([1, 5]))
def test_kernel_equals_the_array_form(case: tuple[Array, Rates], convention: Convention, width: int) -> None:
    base, rates = case
    ours = project(base, rates, width=width, convention=convention)
    people, flows = project_arrays(base, rates, width, convention)
    np.testing.assert_allclose(ours.population, np.broadcast_to(people, ours.population.shape), rtol=1e-12)
    # A flow is a difference of people: it can be no more exact than they are.
    size = 1e-12 * people.sum(axis=-1).max()
    for name, flow in zip(FLOWS[1:], flows, strict=True):
        found = getattr(ours, name)
        np.testing.assert_allclose(found, np.broadcast_to(flow, found.shape), rtol=1e-12, atol=size, err_msg=name)

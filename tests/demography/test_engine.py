import numpy as np
import pandas as pd
import pytest
from array_engine import Rates, project, project_arrays
from demography_data import RAW
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.axes import AGES_100, SEXES
from pipeline.demography.lifetable import life_table

CONVENTIONS = ("even", "end")
PARTS = frozenset({"counts", "ratios", "consistency"})
MALE, FEMALE = 0, 1
NOBODY_BORN = np.zeros((1, 1, 101))
EVEN_SRB = np.ones((1, 1))


def random_case(seed, draws, steps, ages, parts, broadcast):
    """A base and rates at random, with `PARTS` of migration and consistency; nobody moves out who is not there."""
    rng = np.random.default_rng(seed)
    full = (draws, steps, 2, ages)

    def shape(*axes):
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


def numbers(text):
    return np.array(text.split(), dtype=float)


def test_box_6_2_of_preston_heuveline_and_guillot_to_the_whole_person():
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
    after = result[0, 1]
    np.testing.assert_allclose(after[FEMALE], numbers(SWEDEN_1998), atol=0.5001, rtol=0)
    assert after[MALE, 0] == pytest.approx(SWEDEN_BOYS_1998, abs=0.5001)
    mothers = (women + migrants / 2 + after[FEMALE]) / 2
    births = 5 * asfr * mothers
    np.testing.assert_allclose(births[3:10], numbers(SWEDEN_BIRTHS), atol=0.5001, rtol=0)


def test_zero_rates_only_shift_ages():
    base = np.arange(1.0, 203.0).reshape(1, 2, 101)
    after = project(base, Rates(np.ones((1, 1, 2, 101)), NOBODY_BORN, EVEN_SRB))[0, 1]
    np.testing.assert_array_equal(after[:, 1:100], base[0, :, :99])
    np.testing.assert_array_equal(after[:, 100], base[0, :, 99] + base[0, :, 100])
    np.testing.assert_array_equal(after[:, 0], 0.0)


def test_closed_population_without_deaths_births_or_migration_stays_put():
    base = np.random.default_rng(0).integers(0, 10**6, (3, 2, 101)).astype(float)
    result = project(base, Rates(np.ones((1, 120, 2, 101)), NOBODY_BORN, EVEN_SRB))
    heads = result.sum(axis=-1)
    np.testing.assert_array_equal(heads, np.broadcast_to(heads[:, :1], heads.shape))
    np.testing.assert_array_equal(result[:, -1, :, 100], heads[:, 0])


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
def test_kernel_equals_the_array_form(case, convention, width):
    base, rates = case
    ours, arrays = project(base, rates, width, convention), project_arrays(base, rates, width, convention)
    assert ours.shape == (len(base), rates.steps() + 1, *base.shape[1:])
    np.testing.assert_array_equal(ours[:, 0], base)
    np.testing.assert_allclose(ours, np.broadcast_to(arrays, ours.shape), rtol=1e-12)
    assert (ours >= 0).all()


AGES = list(AGES_100)
GROUPS = ["0-4", *AGES[2:]]
PERIODS = [f"{year}-{year + 5}" for year in range(2010, 2050, 5)]


def un_cube(quantity, periods, ages):
    """A quantity of the UN's revision of 2012, (time, sex, age)."""
    rows = UN[(UN["quantity"] == quantity) & UN["period"].isin(periods)]
    cube = rows.pivot(index=["period", "sex"], columns="age", values="value")[ages]
    return np.stack([cube.loc[[(period, sex) for period in periods]] for sex in SEXES], axis=1)


def un_series(quantity):
    return UN[UN["quantity"] == quantity].set_index("period").loc[PERIODS, "value"].to_numpy()


UN = pd.read_csv(RAW / "wpp2012.csv", dtype={"period": str, "age": str})


@pytest.fixture(scope="module")
def projected():
    """China by five years 2010-50 from the UN's rates and net migrants, and as published."""
    nmx = un_cube("mx", PERIODS, AGES)
    lived = np.stack([life_table(nmx[:, i], sex).nLx for i, sex in enumerate(SEXES)], axis=1)
    lived = np.concatenate([lived[..., :2].sum(axis=-1, keepdims=True), lived[..., 2:]], axis=-1)
    # Of five years' births to ages 0-4, 5L0/(5·l0); from one group to the next; of 95 and over into 100+, T100/T95.
    survival = np.concatenate([lived[..., :1] / 5.0, lived[..., 1:] / lived[..., :-1]], axis=-1)
    survival[..., -1] = lived[..., -1] / (lived[..., -1] + lived[..., -2])
    shares = UN[UN["quantity"] == "asfr_share"].pivot(index="period", columns="age", values="value")
    asfr = np.zeros((len(PERIODS), len(GROUPS)))
    asfr[:, 3:10] = un_series("total_fertility")[:, None] * shares.loc[PERIODS, GROUPS[3:10]] / 100.0 / 5.0
    moved, srb = un_cube("net_migration", PERIODS, GROUPS), un_series("sex_ratio_at_birth")
    published = un_cube("population", [str(year) for year in range(2010, 2051, 5)], GROUPS)
    rates = Rates(survival[None], asfr[None], srb[None], net_migrants=moved[None])
    return project(published[None, 0], rates, width=5, convention="end")[0], published


@pytest.mark.parametrize(("first", "tolerance"), [(12, 0.001), (16, 0.005), (0, 0.0005)])
def test_old_age_totals_agree_with_the_published_projection_at_every_step(projected, first, tolerance):
    ours, theirs = projected
    np.testing.assert_allclose(ours[..., first:].sum(axis=(1, 2)), theirs[..., first:].sum(axis=(1, 2)), rtol=tolerance)
    np.testing.assert_allclose(ours, theirs, rtol=0.01)

import demography_data as data
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.graduation import deblur, graduate, split_anew, split_steps

SUM_85 = summing_matrix(data.GROUPS_85).T
SUM_100 = summing_matrix(data.GROUPS_100).T
NATION = "provinces/china"


@settings(deadline=None)
@given(
    totals=arrays(float, (2, 19), elements=st.floats(1.0, 1e8)),
    pattern=arrays(float, 101, elements=st.floats(1.0, 1e7)),
)
def test_group_totals_are_exact_for_any_groups_and_standard(totals, pattern):
    single = graduate(totals, data.GROUPS_85, pattern)
    assert single.shape == (2, 101)
    assert (single >= 0).all()
    np.testing.assert_allclose(single @ SUM_85, totals, rtol=1e-6)


@settings(deadline=None, max_examples=25)
@given(factor=st.floats(1e-4, 10.0), open_age=st.sampled_from([65, 85, 100]))
def test_groups_in_proportion_give_the_standard_back(factor, open_age):
    standard = data.national_single_ages(2020)
    groups = (*data.GROUPS_100[: 1 + open_age // 5], f"{open_age}+")
    totals = factor * standard @ summing_matrix(groups).T
    np.testing.assert_allclose(graduate(totals, groups, standard), factor * standard, rtol=1e-6)


def test_what_is_empty_stays_empty_and_its_neighbours_whole():
    standard = data.national_single_ages(2020)[0]
    totals = standard @ SUM_85
    totals[6] = 0.0
    single = graduate(totals, data.GROUPS_85, standard)
    np.testing.assert_allclose(single @ SUM_85, totals, rtol=1e-6)
    assert single[25:30].sum() == 0.0
    assert (single >= 0).all()
    np.testing.assert_array_equal(graduate(np.zeros(19), data.GROUPS_85, np.ones(101)), np.zeros(101))


def test_ratio_to_the_standard_runs_smoothly_where_groups_allow():
    standard = data.national_single_ages(2020)[1]
    tilt = np.linspace(1.4, 0.7, 101)
    single = graduate((standard * tilt) @ SUM_100, data.GROUPS_100, standard)
    # A straight ratio has no second differences, so nothing else can meet the totals more smoothly.
    np.testing.assert_allclose(single[:100], (standard * tilt)[:100], rtol=1e-4)


@pytest.mark.parametrize(("city", "province"), [("wuhan", "hubei"), ("xuchang", "henan"), ("panzhihua", "sichuan")])
@pytest.mark.parametrize("year", [2010, 2020])
def test_a_city_s_oldest_are_split_by_its_province_s_shape(city, province, year):
    counted = data.census(f"cities/{city}", year, data.GROUPS_85)
    standard = data.provincial_single_ages(province, year)
    single = graduate(counted, data.GROUPS_85, standard)
    np.testing.assert_allclose(single @ SUM_85, counted, rtol=1e-6)
    old, shape = single[:, 85:], standard[:, 85:]
    np.testing.assert_allclose(
        old / old.sum(axis=1, keepdims=True), shape / shape.sum(axis=1, keepdims=True), rtol=1e-9
    )


@pytest.mark.parametrize("year", [2000, 2010, 2020])
def test_the_nation_s_single_ages_sum_to_the_census(year):
    single = data.national_single_ages(year)
    np.testing.assert_allclose(single @ SUM_100, data.census(NATION, year, data.GROUPS_100), rtol=1e-6)
    assert (single > 0).all()


def test_the_famine_s_trough_stands_out_in_2020():
    people = data.national_single_ages(2020).sum(axis=0)
    blurred = data.mid_period(2020).sum(axis=0)
    # Born November 1958 to October 1961, against those born from November 1962 to October 1964.
    trough, wave = people[59:62].mean(), people[56:58].mean()
    assert trough < wave / 2
    # The published mean of two years' counts hides the height of the wave and the depth of the trough.
    assert people[57] > blurred[57]
    assert people[59] < blurred[59]
    # The same cohorts are in the same trough ten years before: 48 to 51 years old.
    before = data.national_single_ages(2010).sum(axis=0)
    assert before[49:52].mean() < 0.7 * before[46:48].mean()
    # And in the provinces.
    for province in ("zhejiang", "inner_mongolia"):
        people = data.provincial_single_ages(province, 2020).sum(axis=0)
        assert people[59:62].mean() < 0.65 * people[56:58].mean()


def blurred(people, onward):
    """Mean of the counts on census day and one year before: ½·(N(x) + N(x+1)/s(x)); the top as it is."""
    before = people.copy()
    before[..., :-1] = people[..., 1:] / onward[..., :-1]
    return (people + before) / 2


def a_population_with_a_trough():
    ages = np.arange(101)
    onward = np.exp(-0.0005 * np.exp(0.085 * ages))
    people = 2e7 * np.exp(-(((ages - 35) / 40.0) ** 2)) + 1e4
    people[58:62] *= [0.62, 0.48, 0.5, 0.6]
    people[57] *= 1.25
    return people, onward


def test_a_known_blur_is_undone():
    people, onward = a_population_with_a_trough()
    result = deblur(blurred(people, onward), people @ SUM_100, data.GROUPS_100, onward)
    np.testing.assert_allclose(result @ SUM_100, people @ SUM_100, rtol=1e-9)
    error = np.abs(result / people - 1)[1:99]
    # What is left is the price of the roughness penalty, at the edges of the trough: the blur is off by 38 %.
    assert error.max() < 0.1
    assert error.mean() < 0.005
    assert result[59:62].mean() == pytest.approx(people[59:62].mean(), rel=0.02)
    edge = slice(55, 64)
    left = np.abs(result - people)[edge].sum()
    assert left < 0.4 * np.abs(blurred(people, onward) - people)[edge].sum()
    exact = deblur(blurred(people, onward), people @ SUM_100, data.GROUPS_100, onward, roughness=0.0)
    np.testing.assert_allclose(exact[1:99], people[1:99], rtol=1e-4)


def test_deblurring_works_sex_by_sex():
    people, onward = a_population_with_a_trough()
    both = np.stack([people, 0.9 * people[::-1]])
    shape = np.broadcast_to(onward, both.shape)
    mean = np.stack([blurred(person, onward) for person in both])
    together = deblur(mean, both @ SUM_100, data.GROUPS_100, shape)
    alone = deblur(mean[0], both[0] @ SUM_100, data.GROUPS_100, onward)
    np.testing.assert_allclose(together[0], alone, rtol=1e-9)


def test_groups_that_contradict_the_pattern_are_refused():
    people, onward = a_population_with_a_trough()
    totals = people @ SUM_100
    totals[10] *= 0.05
    with pytest.raises(ValueError, match="contradict each other"):
        deblur(blurred(people, onward), totals, data.GROUPS_100, onward)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (data.GROUPS_85[:-1], "must cover every age once"),
        ((*data.GROUPS_85, "85+"), "must cover every age once"),
        (("0-14", "15-59", "65+"), "must cover every age once"),
        (("0-14", "15-59", "old"), "'old' is no age group"),
    ],
)
def test_groups_that_do_not_tile_all_ages_are_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        graduate(np.ones(len(groups)), groups, np.ones(101))


@settings(deadline=None, max_examples=25)
@given(
    totals=arrays(float, (2, 19), elements=st.floats(1.0, 1e8)),
    yearly_step=st.floats(0.0, 0.3),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_split_keeps_every_group(totals, yearly_step, seed):
    people = graduate(totals, data.GROUPS_85, data.national_single_ages(2020))
    steps = split_steps(people, data.GROUPS_85, yearly_step, 20, np.random.default_rng(seed))
    drawn = split_anew(people, data.GROUPS_85, steps)
    assert drawn.shape == (20, 2, 101)
    assert (drawn >= 0).all()
    np.testing.assert_allclose(drawn @ SUM_85, np.broadcast_to(totals, (20, 2, 19)), rtol=1e-5)


def test_splits_scatter_as_a_walk_between_fixed_sums():
    """Against walks chosen by chance: of very many, those whose two groups happen to keep their sums."""
    groups = ("0-1", "2-3", "4+")
    people = np.zeros((2, 101))
    people[:, :5] = 100.0
    rng = np.random.default_rng(1)
    walks = np.cumsum(rng.standard_normal((3_000_000, 4)), axis=1)
    kept = walks[(np.abs(walks[:, :2].sum(axis=1)) < 0.05) & (np.abs(walks[:, 2:].sum(axis=1)) < 0.05)]
    assert len(kept) > 800
    found = split_steps(people, groups, 1.0, 20_000, rng)[:, :4]
    np.testing.assert_allclose(np.cov(found.T), np.cov(kept.T), atol=0.08)


def test_what_a_group_holds_is_known_less_well_one_year_at_a_time():
    """With the walk that is assumed, a single age is uncertain by some percent, and five of them not at all."""
    people = data.national_single_ages(2020)
    steps = split_steps(people, data.GROUPS_100, 0.06, 2_000, np.random.default_rng(2))
    sixty = split_anew(people, data.GROUPS_100, steps).sum(axis=1)[:, 60:65]
    spread = sixty.std(axis=0) / sixty.mean(axis=0)
    assert ((spread > 0.02) & (spread < 0.1)).all()
    assert sixty.sum(axis=1).std() / sixty.sum(axis=1).mean() < 1e-9
    assert sixty.mean(axis=0) == pytest.approx(people.sum(axis=0)[60:65], rel=0.01)


def test_no_step_leaves_the_ages_as_they_are():
    people = data.national_single_ages(2020)
    steps = split_steps(people, data.GROUPS_100, 0.0, 3, np.random.default_rng(3))
    np.testing.assert_allclose(split_anew(people, data.GROUPS_100, steps), np.stack([people] * 3))

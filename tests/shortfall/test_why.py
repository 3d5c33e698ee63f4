from dataclasses import replace
from functools import reduce

import numpy as np
import pandas as pd
import pytest
from defaults import default_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from national_care import TRENDS
from need_case import PEOPLE, YEARS, choice, drawn

from pipeline.shortfall.rows import need_rows
from pipeline.shortfall.why import (
    DRIVERS,
    FACTORED,
    UncertainInput,
    need_factors,
    need_model,
    ranked,
    sensitivity,
    waterfall,
    waterfall_rows,
)

DRAWS = 5


def product_sum(factors):
    """Sum over all axes but the first of the product of all factors, (draw,)."""
    product = reduce(np.multiply, factors.values())
    return np.asarray(product.reshape(len(product), -1).sum(axis=1))


def steps(found):
    """Base, what each factor did, interaction and target: (draw, step, ...)."""
    return np.stack([found.base, *found.contributions.values(), found.interaction, found.target], axis=1)


def care_factors():
    shapes = {"size": (1, 1), "structure": (2, 9), "disability": (2, 9), "staffing": (1, 1)}
    each = {name: arrays(float, (DRAWS, *shape), elements=st.floats(0.01, 10.0)) for name, shape in shapes.items()}
    return st.fixed_dictionaries(each)


@given(care_factors(), care_factors())
def test_steps_sum_to_the_target_in_every_draw(base, target):
    found = waterfall(product_sum, base, target)
    assert list(found.contributions) == list(base)
    size = np.abs(steps(found)).max(axis=1)
    np.testing.assert_allclose(steps(found)[:, :-1].sum(axis=1) / size, found.target / size, atol=1e-12)
    np.testing.assert_allclose(found.target, product_sum(target))


@given(care_factors(), st.floats(0.1, 5))
def test_a_factor_that_moves_alone_explains_all(base, by):
    found = waterfall(product_sum, base, {**base, "staffing": base["staffing"] * by})
    for name in base.keys() - {"staffing"}:
        np.testing.assert_array_equal(found.contributions[name], 0.0)
    np.testing.assert_array_equal(found.interaction, 0.0)
    np.testing.assert_allclose(found.contributions["staffing"], found.base * (by - 1), atol=1e-9 * found.base.max())


def test_a_product_and_a_sum_of_two_by_hand():
    base = {"people": np.array([100.0]), "rate": np.array([0.10])}
    found = waterfall(product_sum, base, {"people": np.array([150.0]), "rate": np.array([0.08])})
    np.testing.assert_allclose(steps(found), [[10, 5, -2, -1, 12]])
    terms = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}
    moved = {"a": np.array([5.0, 1.0]), "b": np.array([4.0])}
    found = waterfall(lambda factors: factors["a"] + factors["b"], terms, moved)
    np.testing.assert_allclose(steps(found), [[4, 4, 1, 0, 9], [5, -1, 1, 0, 5]], atol=1e-12)


def test_ageing_alone_is_age_structure_and_growth_alone_is_size():
    need, model = drawn(), need_model([choice().use])
    growing = np.broadcast_to(PEOPLE[:, :1], PEOPLE.shape) * (1 + 0.1 * np.arange(7.0))[:, None, None]
    factors = [need_factors(need, growing, year) for year in (2020, 2026)]
    grown = waterfall(model, *factors)
    np.testing.assert_allclose(grown.contributions["population_size"], 0.6 * grown.base)
    np.testing.assert_allclose(grown.interaction, 0.0, atol=1e-6)
    older = growing[:, :, :, ::-1]
    aged = waterfall(model, factors[0], need_factors(need, older, 2020))
    np.testing.assert_allclose(aged.contributions["age_structure"], aged.target - aged.base)
    np.testing.assert_allclose(aged.contributions["population_size"], 0.0, atol=1e-6)


def test_need_by_factors_is_need_of_the_place():
    found = need_model([choice().use])(need_factors(drawn(), PEOPLE, 2025))
    whole = drawn().need("li_2022", PEOPLE)
    expected = dict(
        zip(FACTORED, (whole.all_beds, whole.beds[..., 1], whole.beds[..., 2], whole.facility_carers), strict=True)
    )
    for column, resource in enumerate(FACTORED):
        np.testing.assert_allclose(found[:, column], expected[resource][:, 5], rtol=1e-9)


@pytest.mark.parametrize(("trend", "use", "staff"), [("constant", 0.0, 0.0), ("falling", 0.03, -0.02)])
def test_a_waterfall_sums_exactly_and_names_what_moved(trend, use, staff):
    need = drawn(replace(choice(), trend=TRENDS[trend]), use, staff)
    aged = PEOPLE * (1 + 0.01 * np.arange(9.0) * np.arange(7.0)[:, None, None])
    found = waterfall(need_model([choice().use]), *(need_factors(need, aged, year) for year in (2020, 2026)))
    np.testing.assert_allclose(
        found.base + sum(found.contributions.values()) + found.interaction, found.target, rtol=1e-12
    )
    rows = waterfall_rows(found, DRIVERS)
    table = need_rows(need, aged, YEARS).set_index(["measure", "year"])
    table = table[table["severity"].isna() & table["setting"].isna()]
    for resource, part in rows.groupby("resource"):
        shown = part.set_index("driver")["shown"]
        assert shown[:-1].sum() == shown["target"]
        for end, year in (("base", 2020), ("target", 2026)):
            assert shown[end] == table.loc[(resource, year), "shown"], "the same number as in the need table"
    carers = rows[rows["resource"] == "caregivers"].set_index("driver")["shown"]
    assert carers["population_size"] > 0
    assert carers["age_structure"] > 0
    assert (carers["disability_trend"] < 0) == (trend == "falling")
    assert (carers["staffing"] > 0) == (staff < 0)
    beds = rows[rows["resource"] == "beds"].set_index("driver")["shown"]
    assert (beds["use"] > 0) == (use > 0)
    assert beds["staffing"] == 0


def test_need_is_ranked_by_the_inputs_that_can_move_it():
    headline = replace(choice(), definitions={"li_2022": choice().definitions["li_2022"]})
    table = ranked(PEOPLE[:, 5], 2025, 5, headline, default_settings().need, 1, 64)
    assert set(table["resource"]) == set(FACTORED)
    beds = table[table["resource"] == "beds"].set_index("input")
    assert {"population", "disability", "severity", "institution_use", "target_occupancy"} <= set(beds.index)
    assert not {"users_per_caregiver", "dementia", "dementia_in_institution", "mild_in_nursing_beds"} & set(beds.index)
    assert beds["rank"].idxmin() == "institution_use"
    assert beds.loc["target_occupancy", "at_low"] > beds.loc["target_occupancy", "at_high"]
    assert (table.groupby("resource")["total"].sum() > 0.9).all()


def ishigami(x):
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ISHIGAMI = [UncertainInput(name, -np.pi, np.pi) for name in ("x1", "x2", "x3")]
LINEAR = [
    UncertainInput("small", 0.0, 1.0),
    UncertainInput("large", -2.0, 2.0),
    UncertainInput("none", 0.0, 9.0),
    UncertainInput("fixed", 3.0, 3.0),
]


def linear(x):
    return 3.0 * x[:, 0] - x[:, 1] + 0.0 * x[:, 2] + x[:, 3]


def ranking(model, inputs, seed, base_samples=1024):
    """Sensitivity of a model with one result, by input in their order of rank."""
    table = sensitivity(lambda x: model(x)[:, None], ["y"], inputs, seed, base_samples)
    return table.drop(columns="result").set_index("input")


def test_ishigami_has_its_known_indices():
    """Closed forms of Ishigami & Homma (1990) with a = 7, b = 0.1."""
    found = ranking(ishigami, ISHIGAMI, 1, 4096)
    expected = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
    for name, (first, total) in expected.items():
        assert found.loc[name, "first_order"] == pytest.approx(first, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(total, abs=0.02)
    assert list(found.index) == ["x1", "x2", "x3"]
    assert list(found["rank"]) == [1, 2, 3]


def test_shares_of_a_linear_gap_are_those_of_the_variances():
    """Var = 9/12 and 16/12 for uniform inputs of width 1 (weight 3) and 4 (weight 1)."""
    found = ranking(linear, LINEAR, 2)
    for name, share in {"large": 16 / 25, "small": 9 / 25, "none": 0.0, "fixed": 0.0}.items():
        assert found.loc[name, "first_order"] == pytest.approx(share, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(share, abs=0.02)
        half = found.loc[name, "total_conf"]
        assert abs(found.loc[name, "total"] - share) <= 2 * half + 1e-12
    assert found.loc["large", "rank"] == 1


def test_the_tornado_moves_one_input_between_its_ends():
    found = ranking(linear, LINEAR, 2, 64)
    assert found.loc["small", ["input_low", "input_high"]].tolist() == pytest.approx([0.1, 0.9])
    assert found.loc["small", ["at_low", "at_high"]].tolist() == pytest.approx([3.3, 5.7])
    assert found.loc["large", ["at_low", "at_high"]].tolist() == pytest.approx([4.5 + 1.6, 4.5 - 1.6])
    assert found.loc["fixed", ["at_low", "at_high"]].tolist() == pytest.approx([4.5, 4.5])


@pytest.mark.parametrize("shape", ["normal", "lognormal", "share"])
def test_an_interval_is_the_tenth_and_ninetieth_percentile(shape):
    item = UncertainInput("x", 0.2, 0.6, shape)
    np.testing.assert_allclose(item.at([0.1, 0.9]), [0.2, 0.6])
    ends = item.at([0.0, 1.0])
    assert np.isfinite(ends).all()
    assert shape == "normal" or ends[0] > 0
    assert shape != "share" or ends[1] < 1
    np.testing.assert_allclose(UncertainInput("x", 0.2, 0.6).at([0.0, 0.5, 1.0]), [0.2, 0.4, 0.6])


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    first, again, other = (ranking(ishigami, ISHIGAMI, seed, 256) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first["total"], other["total"], rtol=1e-6)


def test_a_gap_that_never_changes_depends_on_nothing():
    table = ranking(lambda x: np.full(len(x), 7.0), LINEAR, 1, 8)
    assert (table[["first_order", "total", "total_conf"]] == 0.0).all(axis=None)

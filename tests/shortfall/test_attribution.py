"""Attribution: sums in every draw, by hand, factors that do not move, runs that cannot be compared."""

from collections.abc import Mapping
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.shortfall.attribution import Waterfall, size_and_structure, waterfall

DRAWS = 5
positive = st.floats(0.01, 10.0)
by_group = arrays(float, (DRAWS, 2, 9), elements=positive)
by_draw = arrays(float, (DRAWS, 1, 1), elements=positive)


def product_sum(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Sum over all axes but the first of the product of all factors, (draw,)."""
    product = reduce(np.multiply, factors.values())
    return np.asarray(product.reshape(len(product), -1).sum(axis=1))


def values(found: Waterfall) -> np.ndarray:
    """Base, what each factor did, interaction and target: (draw, step, ...)."""
    return np.stack([found.base, *found.contributions.values(), found.interaction, found.target], axis=1)


@st.composite
def care_factors(draw: st.DrawFn) -> dict[str, np.ndarray]:
    size, structure = size_and_structure(1e5 * draw(by_group))
    return {
        "population_size": size,
        "age_structure": structure,
        "disability": draw(by_group) / 20,
        "use": draw(by_draw),
        "staffing": draw(by_draw),
    }


@given(care_factors(), care_factors())
def test_steps_sum_to_the_target_in_every_draw(base: dict[str, np.ndarray], target: dict[str, np.ndarray]) -> None:
    found = waterfall(product_sum, base, target)
    assert list(found.contributions) == list(base)
    assert values(found).shape == (DRAWS, len(base) + 3)
    size = np.abs(values(found)).max(axis=1)
    np.testing.assert_allclose(values(found)[:, :-1].sum(axis=1) / size, found.target / size, atol=1e-12)
    np.testing.assert_allclose(found.target, product_sum(target))


@given(care_factors(), st.floats(0.1, 5))
def test_a_factor_that_moves_alone_explains_all(base: dict[str, np.ndarray], by: float) -> None:
    found = waterfall(product_sum, base, {**base, "use": base["use"] * by})
    for name in base.keys() - {"use"}:
        np.testing.assert_array_equal(found.contributions[name], 0.0)
    np.testing.assert_array_equal(found.interaction, 0.0)
    np.testing.assert_allclose(found.contributions["use"], found.base * (by - 1), atol=1e-9 * found.base.max())


def test_a_product_of_two_by_hand() -> None:
    base = {"people": np.array([100.0]), "rate": np.array([0.10])}
    found = waterfall(product_sum, base, {"people": np.array([150.0]), "rate": np.array([0.08])})
    np.testing.assert_allclose(values(found), [[10, 5, -2, -1, 12]])


def test_factors_that_add_have_no_interaction() -> None:
    base = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}
    target = {"a": np.array([5.0, 1.0]), "b": np.array([4.0])}
    found = waterfall(lambda factors: factors["a"] + factors["b"], base, target)
    np.testing.assert_allclose(values(found), [[4, 4, 1, 0, 9], [5, -1, 1, 0, 5]], atol=1e-12)


def test_a_result_by_year_keeps_its_years() -> None:
    base = {"level": np.array([[1.0, 1.0, 1.0]]), "factor": np.array([[2.0], [3.0]])}
    target = {**base, "level": np.array([[1.0, 2.0, 4.0]])}
    found = waterfall(lambda factors: factors["level"] * factors["factor"], base, target)
    assert values(found).shape == (2, 5, 3)
    np.testing.assert_allclose(found.contributions["level"], [[0, 2, 6], [0, 3, 9]])


def test_ageing_alone_is_age_structure_and_growth_alone_is_size() -> None:
    people = np.array([[[60.0, 40.0], [50.0, 50.0]]])
    older = np.array([[[40.0, 60.0], [30.0, 70.0]]])
    prevalence = np.array([[[0.05, 0.2], [0.05, 0.3]]])

    def factors(count: np.ndarray) -> dict[str, np.ndarray]:
        size, structure = size_and_structure(count)
        return {"population_size": size, "age_structure": structure, "disability": prevalence}

    aged = waterfall(product_sum, factors(people), factors(older))
    np.testing.assert_allclose(aged.contributions["age_structure"], [3 + 5])
    np.testing.assert_allclose(aged.contributions["population_size"], 0.0)
    grown = waterfall(product_sum, factors(people), factors(2 * people))
    np.testing.assert_allclose(grown.contributions["population_size"], grown.base)
    np.testing.assert_allclose(grown.interaction, 0.0, atol=1e-12)


def test_inputs_that_differ_are_told_apart() -> None:
    inputs = {"people": np.array([100.0, 200.0]), "rate": np.array([0.1]), "occupancy": np.array([0.8])}

    def beds(factors: Mapping[str, np.ndarray]) -> np.ndarray:
        return np.asarray(factors["people"] * factors["rate"] / factors["occupancy"])

    found = waterfall(beds, inputs, {**inputs, "people": np.array([90.0, 210.0])})
    np.testing.assert_allclose(found.contributions["people"], [-1.25, 1.25])
    np.testing.assert_array_equal(found.contributions["rate"], 0.0)
    np.testing.assert_array_equal(values(waterfall(beds, inputs, inputs))[:, 1:-1], 0.0)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"people": np.ones(3)}, r"factors\.rate: found nothing"),
        ({"people": np.ones(3), "rate": np.ones(1), "use": np.ones(1)}, r"factors: found use"),
        ({"people": np.ones(4), "rate": np.ones(1)}, "factors: found 3 and 4 draws, expected one number"),
    ],
)
def test_factors_that_cannot_be_compared_are_refused(target: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        waterfall(product_sum, {"people": np.ones(3), "rate": np.ones(1)}, target)


def test_nobody_has_no_age_structure() -> None:
    with pytest.raises(ValueError, match="found a draw without anybody"):
        size_and_structure(np.stack([np.ones((2, 9)), np.zeros((2, 9))]))

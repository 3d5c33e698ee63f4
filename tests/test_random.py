"""Random streams by name, and draws of an interval."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.random import Z80, draws_of, strata, stream


@dataclass(frozen=True)
class Span:
    low: float
    high: float


def test_a_stream_is_the_same_each_time() -> None:
    np.testing.assert_array_equal(
        stream(7, "hukou", "here").standard_normal(9), stream(7, "hukou", "here").standard_normal(9)
    )


def test_a_stream_does_not_depend_on_those_drawn_before_it() -> None:
    names = [("hukou", "a"), ("hukou", "b"), ("imputed", "a")]
    forwards = {name: stream(7, *name).standard_normal(5) for name in names}
    backwards = {name: stream(7, *name).standard_normal(5) for name in reversed(names)}
    for name in names:
        np.testing.assert_array_equal(forwards[name], backwards[name])


def test_other_names_or_another_seed_give_other_numbers() -> None:
    draws = [
        stream(seed, *names).standard_normal(4).tolist()
        for seed, names in ((7, ("hukou", "a")), (7, ("a", "hukou")), (7, ("hukou", "b")), (7, ()), (8, ("hukou", "a")))
    ]
    assert len({tuple(drawn) for drawn in draws}) == len(draws)


def test_streams_are_not_correlated() -> None:
    drawn = np.stack([stream(7, "hukou", name).standard_normal(4000) for name in "abcd"])
    between = np.corrcoef(drawn) - np.eye(4)
    assert np.abs(between).max() < 0.06


def test_the_interval_is_the_middle_80_per_cent_of_the_draws() -> None:
    assert norm.ppf(0.9) == pytest.approx(Z80, rel=1e-12)
    drawn = draws_of(Span(0.6, 1.6), stream(7, "test"), 200_000)
    assert (drawn > 0).all()
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), [0.6, np.sqrt(0.6 * 1.6), 1.6], rtol=0.01)


def test_one_draw_is_the_median() -> None:
    np.testing.assert_allclose(draws_of(Span(0.5, 2.0), stream(7, "test"), 1), [1.0], rtol=1e-12)


def test_a_run_with_one_draw_takes_nothing_from_the_stream() -> None:
    generator = stream(7, "test")
    draws_of(Span(0.5, 2.0), generator, 1)
    assert generator.standard_normal() == stream(7, "test").standard_normal()


@pytest.mark.parametrize("draws", [2, 41, 4000])
def test_strata_have_the_quantiles_of_a_normal_with_any_number_of_draws(draws: int) -> None:
    found = strata(stream(1, "a"), draws)
    assert np.median(found) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(np.sort(found), norm.ppf((np.arange(draws) + 0.5) / draws), atol=1e-12)
    assert not np.array_equal(found, np.sort(found)) or draws == 2
    assert np.array_equal(found, strata(stream(1, "a"), draws))

"""How far cities stray from their province: moments of what is drawn, and calibration of the Gibbs sampler."""

import numpy as np
import pytest
from calibration import assert_even, sbc_ranks
from scipy import stats

from pipeline.models.city_errors import DOF, Scatter, replicates, scale_draws

SIZE = 16
CITIES = 297
PRIOR = Scatter(sd=0.06, cities=20.0, neighbours=0.95, sexes=0.8)


def scale(generator):
    """One Σ from its prior."""
    degrees = PRIOR.cities + SIZE + 1.0
    return np.asarray(stats.invwishart.rvs(degrees, PRIOR.cities * PRIOR.mean(SIZE // 2), random_state=generator))


def simulated(sigma, cities, generator):
    """Deviations (city, sex, 8): multivariate t, as scipy draws it."""
    rows = stats.multivariate_t(None, sigma, df=DOF, seed=generator).rvs(cities)
    return np.asarray(rows).reshape(cities, 2, SIZE // 2)


def test_the_prior_has_the_scatter_it_says():
    drawn = np.stack([scale(np.random.default_rng(seed)) for seed in range(2000)])
    assert drawn.mean(axis=0) == pytest.approx(PRIOR.mean(SIZE // 2), abs=1e-4)
    sd = np.sqrt(np.diagonal(PRIOR.mean(SIZE // 2)))
    correlation = PRIOR.mean(SIZE // 2) / np.outer(sd, sd)
    assert sd == pytest.approx(np.full(SIZE, 0.06))
    # Men of one age group beside those of the next, men beside women, and both.
    assert correlation[0, [0, 1, 8, 9]] == pytest.approx([1.0, 0.95, 0.8, 0.76])


def test_as_many_cities_as_there_are_teach_their_own_scale():
    """With ages that correlate as in the censuses: a prior must not widen what the cities say by more than a tenth."""
    sigma = Scatter(sd=0.08, cities=1.0, neighbours=0.96, sexes=0.91).mean(SIZE // 2)
    ratios = []
    for seed in range(4):
        generator = np.random.default_rng(seed)
        found = scale_draws(simulated(sigma, CITIES, generator), PRIOR, 100, generator).mean(axis=0)
        ratios.append(found.sum() / sigma.sum())
    assert np.sqrt(np.mean(ratios)) == pytest.approx(1.0, abs=0.1)


def test_errors_are_the_t_of_the_scale():
    """The squared distance of a multivariate t, by its size, is F distributed: Kolmogorov-Smirnov at 8,000 draws."""
    sigma = scale(np.random.default_rng(2))
    drawn = replicates(np.broadcast_to(sigma, (400, SIZE, SIZE)), 20, np.random.default_rng(3))
    assert drawn.shape == (400, 20, 2, SIZE // 2)
    rows = drawn.reshape(8_000, SIZE)
    distance = (rows * np.linalg.solve(sigma, rows.T).T).sum(axis=1) / SIZE
    assert stats.kstest(distance, stats.f(SIZE, DOF).cdf).pvalue > 0.001


def test_the_same_stream_gives_the_same_draws():
    deviation = simulated(scale(np.random.default_rng(4)), 50, np.random.default_rng(5))
    once, again = (scale_draws(deviation, PRIOR, 20, np.random.default_rng(6)) for _ in range(2))
    assert once.tobytes() == again.tobytes()


@pytest.mark.slow
def test_the_gibbs_sampler_is_calibrated(rank_folder):
    """At the real size: variances, correlations near and far, the variance of a sum of ages, and a new city's error.

    400 data sets of 297 cities each.
    """

    def quantities(sigma, generator):
        sd = np.sqrt(np.diagonal(sigma, axis1=1, axis2=2))
        new = replicates(sigma, 1, generator)[:, 0]
        return {
            "sd": sd,
            "near": sigma[:, 0, 1] / (sd[:, 0] * sd[:, 1]),
            "far": sigma[:, 0, -1] / (sd[:, 0] * sd[:, -1]),
            "sum": sigma.sum(axis=(1, 2)),
            "size": np.linalg.slogdet(sigma)[1],
            "new": new.sum(axis=(1, 2)),
        }

    def truth(generator):
        sigma = scale(generator)
        return {"sigma": sigma, **{name: value[0] for name, value in quantities(sigma[None], generator).items()}}

    def fit(deviation, seed):
        generator = np.random.default_rng(seed)
        sigma = scale_draws(deviation, PRIOR, 400, generator)
        return {"sigma": sigma, **quantities(sigma, generator)}

    ranks = sbc_ranks(
        truth, lambda drawn, generator: simulated(drawn["sigma"], CITIES, generator), fit, runs=400, draws=63, seed=12
    )
    # Σ itself is symmetric: its half, which `sd` and the others sum up, would be tested twice.
    assert_even(ranks.loc[:, ~ranks.columns.str.startswith("sigma")], 63, 8, "city_errors", rank_folder)

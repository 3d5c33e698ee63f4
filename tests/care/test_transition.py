"""The transition model: published shares and survival, the life table kept, a gradient that is the data's."""

import numpy as np
from national_care import SEXES, model, raw

from pipeline.care import care_tables as tables
from pipeline.care import transition


def test_model_reproduces_the_published_shares_and_survival() -> None:
    """Fu, Sherris & Xu (2021): all healthy at 65, their disabled share and survival to 110, five decimals."""
    table = raw("disability_transitions.csv").query("model == 'static_1998_2014'")
    intensities = tables.intensities(raw("disability_transitions.csv"))
    share = transition.disabled_share(intensities, 0.0)
    ends = np.stack([share[:, :-1], share[:, 1:]])
    dying = ((1 - ends) * intensities.healthy_death + ends * intensities.disabled_death).mean(axis=0)
    survival = np.exp(-np.cumsum(dying, axis=1))
    for row, sex in enumerate(SEXES):
        published = table[table["sex"] == sex]
        np.testing.assert_allclose(share[row, :-1], published["disabled_share"], atol=2e-5)
        np.testing.assert_allclose(survival[row, :30], published["survival_from_65"][1:31], rtol=2e-3)


def test_mortality_of_the_whole_is_the_life_table() -> None:
    """Simulated in small steps with the scaled intensities, the living of both states die as the table says."""
    intensities, hazard, share = model()
    healthy, disabled = 1 - share[:, 0], share[:, 0]
    for year in range(45):
        onset, recovery, healthy_death, disabled_death = (part[:, year] for part in intensities)
        before = healthy + disabled
        for _ in range(400):
            factor = hazard[:, year] * (healthy + disabled) / (healthy * healthy_death + disabled * disabled_death)
            moved = onset * healthy - recovery * disabled
            healthy, disabled = (
                healthy - (moved + factor * healthy_death * healthy) / 400,
                disabled + (moved - factor * disabled_death * disabled) / 400,
            )
        np.testing.assert_allclose((healthy + disabled) / before, np.exp(-hazard[:, year]), rtol=1e-3)
        np.testing.assert_allclose(disabled / (healthy + disabled), share[:, year + 1], rtol=2e-3)


def test_intensities_below_65_continue_the_log_line() -> None:
    intensities, _, _ = model()
    for values in intensities:
        np.testing.assert_allclose(np.diff(np.log(values[:, :12]), n=2, axis=-1), 0.0, atol=3e-4)


def test_gradient_does_not_depend_on_the_share_at_60() -> None:
    """Trap of the source: an all-healthy start understates 65-75, so the line is fitted from 70 on."""
    intensities, hazard, _ = model()
    lines = [
        transition.age_gradient(transition.disabled_share(intensities, start, hazard), hazard) for start in (0.01, 0.04)
    ]
    steps = [np.diff(line, axis=-1) for line in lines]
    started = [
        np.diff(np.log(transition.by_group(transition.disabled_share(intensities, start, hazard), hazard)))
        for start in (0.01, 0.04)
    ]
    assert np.abs(steps[0] - steps[1]).max() < 0.06
    assert np.abs(started[0] - started[1]).max() > 0.4
    assert np.all(steps[0] > 0)


def test_gradient_recovers_a_straight_line() -> None:
    """Shares on a line of log-odds, 0.08 a year of age and 0.5 between the sexes, come back as that line."""
    _, hazard, share = model()
    ages = np.arange(60, 60 + share.shape[-1])
    line = 1 / (1 + np.exp(-(0.08 * (ages - 100.0) + np.array([[-1.0], [-0.5]]))))
    gradient = transition.age_gradient(line, hazard)
    groups = transition.by_group(line, hazard)
    np.testing.assert_allclose(gradient, np.log(groups / (1 - groups)), atol=0.02)
    one_hazard = np.broadcast_to(hazard[1], hazard.shape)
    same_ages = transition.age_gradient(line, one_hazard)
    np.testing.assert_allclose(same_ages[1] - same_ages[0], 0.5, atol=1e-3)


def test_model_is_vectorised_over_life_tables() -> None:
    intensities, hazard, _ = model()
    several = np.stack([hazard * factor for factor in (0.8, 1.0, 1.2)])
    together = transition.disabled_share(intensities, 0.02, several)
    np.testing.assert_allclose(together[2], transition.disabled_share(intensities, 0.02, several[2]))
    assert transition.by_group(together, several).shape == (3, 2, 9)

"""What params.yaml allows runs: the ends of the scenarios' mortality, at every level that a region may have."""

import numpy as np
import pytest
from demography_data import national_standard

from pipeline.demography.area import scenario_levels
from pipeline.demography.kernel import survive
from pipeline.demography.lifetable import life_expectancy, logit_survivors, relational_survivors
from pipeline.demography.mortality import yearly_survival
from pipeline.settings.forecast import Mortality

STANDARD = national_standard(2020, 2034)
ENDS = [
    getattr(limit, end)
    for limit in Mortality.model_fields["extra_e0"].metadata
    for end in ("ge", "le")
    if hasattr(limit, end)
]


def test_extra_e0_has_two_ends() -> None:
    assert len(ENDS) == 2


@pytest.mark.parametrize("extra", ENDS)
def test_the_ends_of_extra_e0_are_reached(extra: float) -> None:
    levels = scenario_levels(STANDARD, extra)
    moved = life_expectancy(relational_survivors(STANDARD[-1], levels[-1])) - life_expectancy(STANDARD[-1])
    assert moved == pytest.approx(extra, abs=1e-4)


def test_survival_is_exact_and_a_ratio_at_every_level() -> None:
    odds = np.exp(logit_survivors(STANDARD[0, :, 1:]))
    levels = np.linspace(-6.0, 6.0, 9)
    expected = yearly_survival(STANDARD[:1], levels[:, None, None] * np.ones((1, 1, 2)))[:, 0]
    ratios, lx = np.empty(101), np.empty(131)
    for level, exact in zip(levels, expected, strict=True):
        for sex in range(2):
            survive(ratios, odds[sex], level, lx)
            np.testing.assert_allclose(ratios, exact[sex], rtol=1e-12)
            assert ((ratios >= 0) & (ratios <= 1)).all()

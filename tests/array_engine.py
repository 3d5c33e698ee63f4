"""A projection from rates at any age-group width: by the compiled step of the kernel, and by arrays over all draws."""

from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.demography.area import scenario_levels
from pipeline.demography.cohort_change import taper, yearly_from_decade
from pipeline.demography.kernel import at, inner, step
from pipeline.demography.vital_rates import yearly_survival
from pipeline.settings.forecast import Consistency, Fertility, Migration, Mortality, ProjectionSettings


@dataclass(frozen=True)
class Rates:
    """What drives a projection of T steps; every array broadcasts to its full shape with size-1 axes.

    `survival` (draw, time, sex, age) nSx: entry 0 births into the first group, entry x from group x − 1 into x, the
    last from the two oldest into the open group; `asfr` (draw, time, age); `srb` (draw, time) boys per girl. Shaped as
    survival or None: persons a step by age at its end, and two factors on survivors.
    """

    survival: Array
    asfr: Array
    srb: Array
    net_migrants: Array | None = None
    migration_ratio: Array | None = None
    consistency: Array | None = None

    def steps(self):
        return max(array.shape[1] for array in vars(self).values() if array is not None)

    def draws(self):
        return max(len(array) for array in vars(self).values() if array is not None)


def project(base, rates, width=1, convention="even"):
    """People (draw, time + 1, sex, age) from `base` (draw, sex, age) on, in steps of `width` years, as the groups.

    By the convention net migrants come half before and half after mortality ("even"), or all at the end ("end").
    """
    draws, (sexes, ages) = max(len(base), rates.draws()), base.shape[1:]
    people = np.empty((draws, rates.steps() + 1, sexes, ages))
    people[:, 0] = base
    neutral = ((rates.consistency, 1.0), (rates.migration_ratio, 1.0), (rates.net_migrants, 0.0))
    given = [np.full((1, 1, sexes, ages), value) if array is None else array for array, value in neutral]
    arrays = (rates.survival, *given, rates.asfr, rates.srb / (1.0 + rates.srb))
    rows = [np.ascontiguousarray(array, dtype=float) for array in arrays]
    _project(people, *rows, 0.5 if convention == "even" else 0.0, float(width))
    return people


@inner
def _project(people, survival, consistency, migration, net, asfr, boys, early, width):
    for d in range(people.shape[0]):
        for t in range(people.shape[1] - 1):
            factors = at(survival, d, t), at(consistency, d, t), at(migration, d, t)
            births = at(asfr, d, t), 1.0, at(boys, d, t)
            step(people[d, t], people[d, t + 1], *factors, at(net, d, t), *births, early, width)


def project_arrays(base, rates, width, convention):
    """The same by arrays over all draws."""
    early = 0.5 if convention == "even" else 0.0
    people = [base]

    def at(array, t, neutral):
        if array is None:
            return np.full((1, *base.shape[1:]), neutral)
        return array[:, 0 if array.shape[1] == 1 else t]

    for t in range(rates.steps()):
        survival, net = at(rates.survival, t, 1.0), at(rates.net_migrants, t, 0.0)
        stay = survival * at(rates.consistency, t, 1.0) * at(rates.migration_ratio, t, 1.0)
        asfr, srb = at(rates.asfr, t, 0.0), at(rates.srb, t, 0.0)
        start = people[-1] + early * net
        exposed = np.zeros(np.broadcast_shapes(start.shape, survival.shape))
        exposed[..., 1:] = start[..., :-1]
        exposed[..., -1] += start[..., -1]
        after = stay * exposed + (1.0 - early) * net
        births = 0.5 * width * (asfr * (start[:, 1] + after[:, 1])).sum(axis=-1)
        boys = births * srb / (1.0 + srb)
        after[..., 0] += np.stack([boys, births - boys], axis=-1) * stay[..., 0]
        people.append(after)
    return np.stack(people, axis=1)


def scenario(extra_e0=0.0, consistency=1.0, from_age=0, migration=1.0, taper_years=np.inf, fertility=1.0):
    """Of all draws as they are, unless something is changed; migration may last without end."""
    return ProjectionSettings(
        mortality=Mortality(extra_e0=extra_e0),
        consistency=Consistency(weight=consistency, from_age=from_age),
        migration=Migration.model_construct(weight=migration, taper_years=taper_years),
        fertility=Fertility(weight=fertility),
    )


def area_rates(area, nation, scenario):
    """Rates of an area under a scenario, by draw and year."""
    steps = len(nation.srb)
    shift = scenario_levels(nation.standard_lx, scenario.mortality.extra_e0)
    spread = yearly_from_decade().T
    held = scenario.consistency.weight * spread * (np.arange(101) >= scenario.consistency.from_age)
    fading = scenario.migration.weight * taper(steps, scenario.migration.taper_years)
    moving = (area.migration * fading[:, None, None]) @ spread
    return Rates(
        yearly_survival(nation.standard_lx, area.level + shift),
        scenario.fertility.weight * area.tfr[..., None] * nation.asfr_shape,
        nation.srb[None],
        migration_ratio=np.exp(moving if area.balance is None else moving + area.balance),
        consistency=np.exp(area.consistency @ held),
    )

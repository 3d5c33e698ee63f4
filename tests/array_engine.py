"""The projection as arrays over all draws at once: what the compiled kernel is held against."""

import numpy as np

from pipeline.axes import Array
from pipeline.demography.area import AreaDraws, Nation, Scenario, scenario_levels
from pipeline.demography.cohort_change import taper, yearly_from_decade
from pipeline.demography.engine import Convention, Rates
from pipeline.demography.mortality import yearly_survival


def project_arrays(base: Array, rates: Rates, width: int, convention: Convention) -> tuple[Array, Array]:
    """People (draw, time + 1, sex, age), and births, deaths, net migration and adjustment (4, draw, time, sex)."""
    early = 0.5 if convention == "even" else 0.0
    people, flows = [base], []

    def at(array: Array | None, t: int, neutral: float) -> Array:
        if array is None:
            return np.full((1, *base.shape[1:]), neutral)
        return array[:, 0 if array.shape[1] == 1 else t]

    for t in range(rates.steps()):
        survival, net = at(rates.survival, t, 1.0), at(rates.net_migrants, t, 0.0)
        consistency, ratio = at(rates.consistency, t, 1.0), at(rates.migration_ratio, t, 1.0)
        asfr, srb = at(rates.asfr, t, 0.0), at(rates.srb, t, 0.0)
        start = people[-1] + early * net
        exposed = np.zeros(np.broadcast_shapes(start.shape, survival.shape))
        exposed[..., 1:] = start[..., :-1]
        exposed[..., -1] += start[..., -1]
        alive = survival * exposed
        counted = consistency * alive
        here = ratio * counted
        after = here + (1.0 - early) * net
        births = 0.5 * width * (asfr * (start[:, 1] + after[:, 1])).sum(axis=-1)
        boys = births * srb / (1.0 + srb)
        born = np.stack([boys, births - boys], axis=-1)
        infants = [born, born * survival[..., 0]]
        infants += [infants[-1] * consistency[..., 0]]
        infants += [infants[-1] * ratio[..., 0]]
        after[..., 0] += infants[3]
        moved = (here - counted + net).sum(axis=-1) + infants[3] - infants[2]
        adjusted = (counted - alive).sum(axis=-1) + infants[2] - infants[1]
        flows.append([born, (exposed - alive).sum(axis=-1) + born - infants[1], moved, adjusted])
        people.append(after)
    return np.stack(people, axis=1), np.stack([np.stack(flow, axis=1) for flow in zip(*flows, strict=True)])


def area_rates(area: AreaDraws, nation: Nation, scenario: Scenario) -> Rates:
    """Rates of an area under a scenario, by draw and year."""
    steps = len(nation.srb)
    shift = scenario_levels(nation.standard_lx, scenario.extra_e0)
    spread = yearly_from_decade().T
    held = scenario.consistency_weight * spread * (np.arange(101) >= scenario.consistency_from)
    fading = scenario.migration_weight * taper(steps, scenario.migration_taper)
    moving = (area.migration * fading[:, None, None]) @ spread
    return Rates(
        yearly_survival(nation.standard_lx, area.level + shift),
        scenario.fertility_weight * area.tfr[..., None] * nation.asfr_shape,
        nation.srb[None],
        migration_ratio=np.exp(moving if area.balance is None else moving + area.balance),
        consistency=np.exp(area.consistency @ held),
    )

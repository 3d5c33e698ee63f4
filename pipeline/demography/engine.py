"""Cohort-component projection of draws, for any age-group width.

One step of width n for groups of width n, as Preston, Heuveline & Guillot (2001), Demography, ch. 6 write it:
survivors into each group, net migrants added half before and half after mortality ("even") or all at the
end ("end"), births from the mean of the women at both ends, split by the sex ratio at birth (SRB).

Two ways to say migration, which may be used together:
- `net_migrants`, counts by age at the END of the step (the textbook's M);
- `migration_ratio`, a factor on the survivors of each cohort, applied at the end of the step (the form in
  which censuses speak of internal migration).
`consistency` is a third factor on survivors: what turns reported mortality into the survival that carries one
census into the next. It is kept apart as `adjustment`; with it,
P(t+1) = P(t) + births − deaths + net migration + adjustment, and without it the textbook's identity.

Order of the axes everywhere: draw, time, sex (male, female), age. Nothing here knows of files or parameters.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from pipeline.axes import Array

Convention = Literal["even", "end"]


@dataclass(frozen=True)
class Rates:
    """What drives a projection of T steps; every array broadcasts to its full shape with size-1 axes.

    survival         (draw, time, sex, age)  nSx: entry 0 births into the first group, entry x from group x − 1
                                             into x, the last from the two oldest into the open group
    asfr             (draw, time, age)       births per woman and year, zero outside the fertile ages
    srb              (draw, time)            boys per girl at birth
    net_migrants     (draw, time, sex, age)  persons a step, by age at the end of the step, or None
    migration_ratio  (draw, time, sex, age)  factor on survivors, or None for 1
    consistency      (draw, time, sex, age)  census-consistency factor on survivors, or None for 1
    """

    survival: Array
    asfr: Array
    srb: Array
    net_migrants: Array | None = None
    migration_ratio: Array | None = None
    consistency: Array | None = None

    def steps(self) -> int:
        """Number of time steps; raises ValueError where the arrays disagree."""
        found = sorted({int(a.shape[1]) for a in self._arrays() if a.ndim > 1} - {1}) or [1]
        if len(found) > 1:
            raise ValueError(f"rates of different numbers of steps: {found}")
        return found[0]

    def draws(self) -> int:
        """Number of draws: the largest of any array."""
        return max(int(a.shape[0]) for a in self._arrays())

    def _arrays(self) -> list[Array]:
        optional = (self.net_migrants, self.migration_ratio, self.consistency)
        return [self.survival, self.asfr, self.srb, *(a for a in optional if a is not None)]


@dataclass(frozen=True)
class Projection:
    """population (draw, time + 1, sex, age) persons, the base first; the flows between are

    births (draw, time, sex) by sex of the child; deaths, net_migration and adjustment (draw, time, sex)
    in all ages. Deaths are cohort deaths: of those alive at the start or born within the step.
    """

    population: Array
    births: Array
    deaths: Array
    net_migration: Array
    adjustment: Array


def project(
    base: Array,
    rates: Rates,
    *,
    width: int = 1,
    convention: Convention = "even",
    draws: int | None = None,
    threads: int | None = None,
) -> Projection:
    """Project `base` (draw, sex, age) by as many steps as the rates hold.

    `width` is the width of the age groups and of a step in years. `draws` is needed only where base and
    rates all have one draw and more are wanted. `threads` changes no number. Raises ValueError where shapes disagree,
    a rate is negative or a population would fall below zero.
    """
    from pipeline.demography.kernel import in_blocks, project_rates

    n = draws or max(base.shape[0], rates.draws())
    _check(base, rates, n, width, convention)
    sexes, ages = base.shape[1:]
    people = np.empty((n, rates.steps() + 1, sexes, ages))
    people[:, 0] = base
    flows = np.empty((n, rates.steps(), 4, sexes))
    same, none = np.ones((1, 1, sexes, ages)), np.zeros((1, 1, sexes, ages))
    optional = ((rates.consistency, same), (rates.migration_ratio, same), (rates.net_migrants, none))
    given = [neutral if array is None else array for array, neutral in optional]
    arrays = (rates.survival, *given, rates.asfr, rates.srb / (1.0 + rates.srb))
    rows = [np.ascontiguousarray(array, dtype=float) for array in arrays]
    early = 0.5 if convention == "even" else 0.0
    in_blocks(lambda first, last: project_rates(people, flows, *rows, early, float(width), first, last), n, threads)
    if people.min() < 0:
        raise ValueError("a projected population is negative: net out-migration exceeds the people there are")
    return Projection(people, *np.moveaxis(flows, 2, 0))


def _check(base: Array, rates: Rates, draws: int, width: int, convention: Convention) -> None:
    if width < 1:
        raise ValueError(f"age groups of width {width}, expected 1 year or more")
    if convention not in get_args(Convention):
        raise ValueError(f"convention {convention!r}, expected one of {get_args(Convention)}")
    if base.ndim != 3 or base.shape[1] != 2 or base.shape[0] not in (1, draws):
        raise ValueError(f"base population has shape {base.shape}, expected (1 or {draws} draws, 2 sexes, ages)")
    if not base.min() >= 0:
        raise ValueError("base population has a negative or blank count")
    rates.steps()
    sexes, ages = base.shape[1:]
    expected: dict[str, tuple[int, ...]] = {
        "survival": (sexes, ages),
        "asfr": (ages,),
        "srb": (),
        "net_migrants": (sexes, ages),
        "migration_ratio": (sexes, ages),
        "consistency": (sexes, ages),
    }
    for name, tail in expected.items():
        array = getattr(rates, name)
        if array is None:
            continue
        if array.ndim != 2 + len(tail) or array.shape[2:] != tail or array.shape[0] not in (1, draws):
            raise ValueError(f"{name} has shape {array.shape}, expected (1 or {draws}, time, {tail})")
        if name == "net_migrants":
            if not np.isfinite(array).all():
                raise ValueError("net_migrants has a blank or infinite count")
        elif not array.min() >= 0:
            raise ValueError(f"{name} has a negative rate or a blank")
    if rates.asfr[..., 0].any():
        raise ValueError("asfr is above zero in the first age group: nobody there can be a mother")

"""People of every place of a province, in every draw: cohorts of the province divided among its parts.

A part's share of a cohort moves with how the part changes beside the province (`model`), and shares add up to one in
every draw, year, sex and age, at a fraction of what the engine costs. A cohort is a five-year group of the census;
those born since are three more. Ages are kept as `OLD_GROUPS` from 60 on and the total.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import OLD_GROUPS, Array, Indices
from pipeline.demography.area import YEAR_END
from pipeline.demography.cohort_change import COHORT_GROUPS, DECADE, taper
from pipeline.models.cohorts import GROUPS
from pipeline.models.counties.model import DOF, MIDDLE, Branch, Errors, Model

Rows = Indices

AGE_CELLS = 1 + len(OLD_GROUPS)  # all below 60, then `OLD_GROUPS`
BORN = ((1, 5), (6, 10), (11, 16))
"""Years after the census in which the cohorts were born that the census did not count."""

YOUNGEST_MOTHERS = 4  # their groups of five years: mothers are aged 20 to 39
_CHUNK = 250  # draws worked on at once, so that the arrays of a prefecture's counties stay in the processor's cache


class Cells(NamedTuple):
    """Who is of one cohort and one age group at an anniversary: which `cohort` (cell,); what sums `single` ages into
    cells, (age, cell), and cells into ages, `by_age` (cell, AGE_CELLS)."""

    cohort: Rows
    single: Array
    by_age: Array


@cache
def cells(years: int) -> Cells:
    """Cells so many years after the census; single ages 0 … 100+."""
    ages = np.arange(101)
    born = ages - years
    cohort = np.minimum(born // 5, len(GROUPS) - 1)
    for at, (first, last) in enumerate(BORN):
        cohort[(-born >= first) & (-born <= last)] = len(GROUPS) + at
    group = np.where(ages < 60, 0, np.minimum((ages - 60) // 5, len(OLD_GROUPS) - 1) + 1)
    pairs = sorted(set(zip(cohort.tolist(), group.tolist(), strict=True)))
    single = np.array([(cohort == c) & (group == g) for c, g in pairs], dtype=float).T
    return Cells(np.array([c for c, _ in pairs]), single, np.eye(AGE_CELLS)[[g for _, g in pairs]])


def in_cells(anniversaries: Array) -> list[Array]:
    """People by single age (draw, time, sex, 101), from census day on, as one array (draw, sex, cell) a time."""
    return [anniversaries[:, t] @ cells(t).single for t in range(anniversaries.shape[1])]


class CountyExpectation(NamedTuple):
    """Expected log change in ten years of a province's parts: of `middle` (middle, sex, 16) beside the province, and of
    counties, `own` (county, sex, 16), beside their middle; `last_*` are what the last decade showed beyond its own, 0
    where unknown, of which `persistence` (draw,) comes back."""

    middle: Array
    own: Array
    last_middle: Array
    last_own: Array
    persistence: Array


def believed(off: Array, errors: Errors, people: Array) -> Array:
    """Last decade's departures (place, sex, 16) by the weight that the t gives them, at most whole; NaN becomes 0: one
    far out for its size is more of a boundary or a count than of a habit."""
    known = np.isfinite(off).all(axis=(1, 2))
    rows = off[known].reshape(known.sum(), errors.scale.shape[0])
    standard = rows / errors.factor(people[known])
    distance = (standard * np.linalg.solve(errors.scale, standard.T).T).sum(axis=1)
    weight = np.minimum((DOF + rows.shape[1]) / (DOF + distance), 1.0)
    out = np.zeros_like(off)
    out[known] = (rows * weight[:, None]).reshape(-1, *off.shape[1:])
    return out


class PlacePeople(NamedTuple):
    """Persons of a place at year-ends: `old` (draw, year, sex, group of `OLD_GROUPS`) and `total` (draw, year, sex)."""

    old: Array
    total: Array


def progress(years: int, taper_years: float) -> tuple[Array, Array]:
    """Share of a decade's change that has happened by each anniversary 0 … `years`: in the first decade, which carries
    it as it was measured, and in the next, where it fades as migration does."""
    weight = taper(max(years, DECADE), taper_years)
    run = np.concatenate([[0.0], np.cumsum(weight / weight[:DECADE].sum())])[: years + 1]
    return np.minimum(run, 1.0), np.maximum(run - 1.0, 0.0)


def fertility(parts: Array, whole: Array) -> Array:
    """Children under five per woman of 20 to 39, of parts (…, sex, 18) as a ratio to the whole's."""

    def ratio(people: Array) -> Array:
        women = people[..., 1, YOUNGEST_MOTHERS : YOUNGEST_MOTHERS + 4].sum(axis=-1)
        return people[..., 0].sum(axis=-1) / np.maximum(women, 1.0)

    return ratio(parts) / ratio(whole)


def weights(base: Array, change: Array, births: Array, first: float, second: float) -> Array:
    """What parts weigh in each cohort, (draw, part, sex, 21), before they are made to add up.

    `base` (part, sex, 18) people at the census, `change` (draw, part, sex, 16), `births` (part,) relative fertility.
    """
    out = np.empty((*change.shape[:-1], len(GROUPS) + len(BORN)))
    counted, groups, last = out[..., : len(GROUPS)], np.arange(len(GROUPS)), len(COHORT_GROUPS) - 1
    shift = first * change[..., np.minimum(groups, last)] + second * change[..., np.minimum(groups + 2, last)]
    np.exp(shift, out=counted)
    counted *= base
    for at in range(len(BORN)):
        # Mothers of those born about 3, 8 and 13 years after the census were so much younger on its day.
        youngest = YOUNGEST_MOTHERS - 1 - at
        women = counted[..., 1, youngest : youngest + 4]
        mothers = women[..., 0] + women[..., 1] + women[..., 2] + women[..., 3]
        out[..., len(GROUPS) + at] = (mothers * births)[..., None]
    return out


def divided(
    whole: list[Array],
    own: Mapping[int, list[Array]],
    branch: Branch,
    model: Model,
    expectation: CountyExpectation,
    streams: Callable[[str], np.random.Generator],
    codes: tuple[list[str], list[str]],
    taper_years: float,
) -> Iterator[tuple[int, PlacePeople, list[tuple[int, PlacePeople]]]]:
    """Each middle of a province with its people, and those of its counties: (row, people, [(row, people)]).

    `whole` as from `in_cells`; middles in `own` keep their own draws, the others divide what is left. `codes` of
    middles and counties name their random `streams`.
    """
    draws, times = len(whole[0]), len(whole)
    persistence = expectation.persistence[:, None, None]

    def drawn(rows: Rows, kinds: NDArray[np.str_], sizes: Array, mean: Array, last: Array, names: list[str]) -> Array:
        change = np.empty((draws, len(rows), 2, len(COHORT_GROUPS)))
        for at, row in enumerate(rows):
            error = model.errors[kinds[row]].draws(sizes[row : row + 1], draws, streams(names[row]))[:, 0]
            change[:, at] = mean[row] + persistence * last[row] + error
        return change

    pace = list(zip(*progress(times - 1, taper_years), strict=True))
    middles = np.arange(len(branch.middles))
    rest = np.setdiff1d(middles, list(own))
    kinds, sizes = np.full(len(middles), MIDDLE), branch.middles.sum(axis=(1, 2))
    wide = drawn(rest, kinds, sizes, expectation.middle, expectation.last_middle, codes[0])
    births = fertility(branch.middles, branch.province)
    left = [people - sum(kept[t] for kept in own.values()) for t, people in enumerate(whole)]
    totals = [weights(branch.middles[rest], wide, births[rest], *shares).sum(axis=1) for shares in pace]
    for row in middles:
        people = own.get(int(row))
        if people is None:
            one, among_rest = slice(row, row + 1), rest == row
            people = []
            for t, (total, shares) in enumerate(zip(totals, pace, strict=True)):
                mine = weights(branch.middles[one], wide[:, among_rest], births[one], *shares)[:, 0]
                part = np.divide(mine, total, out=np.zeros_like(total), where=total > 0)
                people.append(left[t] * part[..., cells(t).cohort])
        members = np.flatnonzero(branch.middle == row)
        change = drawn(members, branch.kinds, branch.sizes, expectation.own, expectation.last_own, codes[1])
        counties = _parts(_inside(people, branch, int(row), members, change, pace), times) if members.size else []
        alone = (_summed(cut, t)[:, None] for t, cut in enumerate(people))
        yield int(row), _parts(alone, times)[0], list(zip(members.tolist(), counties, strict=True))


def _inside(
    people: list[Array], branch: Branch, row: int, members: Rows, change: Array, pace: list[tuple[float, float]]
) -> Iterator[Array]:
    """Counties (draw, county, sex, AGE_CELLS) of a middle by time; with its rest they make up `people`."""
    base, beyond = branch.counties[members], branch.rest[row]
    births, beyond_births = (fertility(parts, branch.middles[row]) for parts in (base, beyond[None]))
    still = np.zeros((1, 1, 2, len(COHORT_GROUPS)))
    for t, whole in enumerate(people):
        other = weights(beyond[None], still, beyond_births, *pace[t])[:, 0]
        out = np.empty((*change.shape[:3], AGE_CELLS))
        for start in range(0, len(change), _CHUNK):
            some = slice(start, start + _CHUNK)
            own = weights(base, change[some], births, *pace[t])
            total = own.sum(axis=1) + other
            own /= np.where(total > 0, total, 1.0)[:, None]
            held = own.take(cells(t).cohort, axis=-1)
            held *= whole[some, None]
            out[some] = _summed(held, t)
        yield out


def _summed(people: Array, years: int) -> Array:
    """Cells (…, cell) as ages (…, AGE_CELLS): one product of two matrices, not one for each draw."""
    return (people.reshape(-1, people.shape[-1]) @ cells(years).by_age).reshape(*people.shape[:-1], AGE_CELLS)


def _parts(by_time: Iterable[Array], times: int) -> list[PlacePeople]:
    """Places (draw, place, sex, AGE_CELLS) by anniversary as people `at_year_ends`."""
    before = ends = np.empty(0)
    for t, found in enumerate(by_time):
        now = found.swapaxes(0, 1)
        if t == 0:
            ends = np.empty((*now.shape[:2], times - 1, *now.shape[2:]))
            ends[:, :, 0] = now
        elif t > 1:
            ends[:, :, t - 1] = before + YEAR_END * (now - before)
        before = now
    return [PlacePeople(ends[at, ..., 1:], ends[at] @ np.ones(AGE_CELLS)) for at in range(len(ends))]

"""People of every place of a province, in every draw: cohorts of the province divided among its parts.

A province's own draws carry mortality, migration, births and what counts since the census say. Its parts divide each
of its cohorts: a part's share of a cohort moves with how the part changes beside the province (`model`), and shares
add up to one. So counties add up to prefectures and prefectures to the province in every draw, year, sex and age,
at a fraction of what the engine costs. A cohort is a five-year group of the census; those born since are three more.

Draw, year, sex, age is the order of axes. Ages are kept as `OLD_GROUPS` from 60 on and the total.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import OLD_GROUPS, Array
from pipeline.demography.area import at_year_end
from pipeline.demography.cohort_change import COHORT_GROUPS, DECADE, taper
from pipeline.models.cohorts import GROUPS
from pipeline.models.counties.model import DOF, MIDDLE, Branch, Errors, Model

Rows = NDArray[np.intp]

AGE_CELLS = 1 + len(OLD_GROUPS)
"""All below 60, then `OLD_GROUPS`."""

BORN = ((1, 5), (6, 10), (11, 16))
"""Years after the census in which the cohorts were born that the census did not count."""

COHORTS = len(GROUPS) + len(BORN)
YOUNGEST_MOTHERS = 4
"""Their groups of five years: mothers are aged 20 to 39."""

_CHUNK = 250
"""Draws worked on at once, so that the arrays of a prefecture's counties stay in the processor's cache."""


@dataclass(frozen=True)
class Cells:
    """Who is of one cohort and one age group at an anniversary: `cohort`, `age` (cell,), `single` (age, cell)."""

    cohort: Rows
    age: Rows
    single: Array


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
    return Cells(np.array([c for c, _ in pairs]), np.array([g for _, g in pairs]), single)


def in_cells(anniversaries: Array) -> list[Array]:
    """People by single age (draw, time, sex, 101), from census day on, as one array (draw, sex, cell) a time."""
    return [anniversaries[:, t] @ cells(t).single for t in range(anniversaries.shape[1])]


@dataclass(frozen=True, eq=False)
class CountyExpectation:
    """Expected log change in ten years of a province's parts: of `middle` (middle, sex, 16) beside the province, and of
    counties, `own` (county, sex, 16), beside their middle.

    `last_middle` and `last_own` are what the last decade showed beyond that decade's expectation, 0 where unknown;
    `persistence` (draw,) is how much of it comes back.
    """

    middle: Array
    own: Array
    last_middle: Array
    last_own: Array
    persistence: Array


def believed(off: Array, errors: Errors, people: Array) -> Array:
    """Last decade's departures (place, sex, 16) by the weight that the t gives them, at most whole; NaN becomes 0.

    One far out of what places of its size show is more of a boundary or a count than of a habit.
    """
    known = np.isfinite(off).all(axis=(1, 2))
    rows = off[known].reshape(known.sum(), errors.scale.shape[0])
    standard = rows / errors.factor(people[known])
    distance = (standard * np.linalg.solve(errors.scale, standard.T).T).sum(axis=1)
    weight = np.minimum((DOF + rows.shape[1]) / (DOF + distance), 1.0)
    out = np.zeros_like(off)
    out[known] = (rows * weight[:, None]).reshape(-1, *off.shape[1:])
    return out


@dataclass(frozen=True, eq=False)
class PlacePeople:
    """Persons of a place at year-ends: `old` (draw, year, sex, group of `OLD_GROUPS`) and `total` (draw, year, sex)."""

    old: Array
    total: Array


def progress(years: int, taper_years: float) -> tuple[Array, Array]:
    """Share of a decade's change that has happened by each anniversary 0 … `years`, in the first decade and the next.

    The first ten years carry the decade as it was measured; from then on it fades as migration does.
    """
    weight = taper(max(years, DECADE), taper_years)
    weight = weight / weight[:DECADE].sum()
    run = np.concatenate([[0.0], np.cumsum(weight)])[: years + 1]
    first = np.minimum(run, 1.0)
    return first, np.maximum(run - 1.0, 0.0)


def log_shift(change: Array, first: float, second: float) -> Array:
    """Log change of the counted cohorts (…, 18) from that of a decade by target group (…, 16)."""
    last = len(COHORT_GROUPS) - 1
    groups = np.arange(len(GROUPS))
    return np.asarray(
        first * change[..., np.minimum(groups, last)] + second * change[..., np.minimum(groups + 2, last)]
    )


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
    out = np.empty((*change.shape[:-1], COHORTS))
    counted = out[..., : len(GROUPS)]
    np.exp(log_shift(change, first, second), out=counted)
    counted *= base
    for at in range(len(BORN)):
        # Mothers of those born about 3, 8 and 13 years after the census were so much younger on its day.
        youngest = YOUNGEST_MOTHERS - 1 - at
        women = counted[..., 1, youngest : youngest + 4]
        mothers = women[..., 0] + women[..., 1] + women[..., 2] + women[..., 3]
        out[..., len(GROUPS) + at] = (mothers * births)[..., None]
    return out


def census_and_year_ends(anniversaries: Array, share: float) -> Array:
    """(draw, time, …) of (draw, time + 1, …): census day itself, then ends of years, `share` of a year after each."""
    ends = at_year_end(anniversaries, share)
    ends[:, 0] = anniversaries[:, 0]
    return ends


@dataclass(frozen=True, eq=False)
class Whole:
    """A province to be divided: `cells` as from `in_cells`, and those of middles that are drawn by themselves."""

    cells: list[Array]
    own: Mapping[int, list[Array]]


def divided(
    whole: Whole,
    branch: Branch,
    model: Model,
    expectation: CountyExpectation,
    streams: Callable[[str], np.random.Generator],
    codes: tuple[list[str], list[str]],
    taper_years: float,
    share: float,
) -> Iterator[tuple[int, PlacePeople, list[tuple[int, PlacePeople]]]]:
    """Each middle of a province with its people, and those of its counties: (row, people, [(row, people)]).

    `codes` of middles and counties name their random `streams`; `share` of a year lies between census day and the
    year's end. Middles in `whole.own` keep their own draws, the others divide what is left.
    """
    draws, times = len(whole.cells[0]), len(whole.cells)
    first, second = progress(times - 1, taper_years)
    middles = np.arange(len(branch.middles))
    rest = np.setdiff1d(middles, list(whole.own))
    sizes = branch.middles.sum(axis=(1, 2))
    persistence = expectation.persistence[:, None, None]
    wide = np.empty((draws, len(rest), 2, len(COHORT_GROUPS)))
    for at, row in enumerate(rest):
        drawn = model.errors[MIDDLE].draws(sizes[row : row + 1], draws, streams(codes[0][row]))[:, 0]
        wide[:, at] = expectation.middle[row] + persistence * expectation.last_middle[row] + drawn
    births = fertility(branch.middles, branch.province)
    left = [people - sum(own[t] for own in whole.own.values()) for t, people in enumerate(whole.cells)]
    totals = [weights(branch.middles[rest], wide, births[rest], first[t], second[t]).sum(axis=1) for t in range(times)]
    for row in middles:
        people = whole.own.get(int(row))
        if people is None:
            one, among_rest = slice(row, row + 1), rest == row
            people = []
            for t in range(times):
                own = weights(branch.middles[one], wide[:, among_rest], births[one], first[t], second[t])
                part = np.divide(own[:, 0], totals[t], out=np.zeros_like(totals[t]), where=totals[t] > 0)
                people.append(left[t] * part[..., cells(t).cohort])
        members = np.flatnonzero(branch.middle == row)
        counties = _counties(
            people, int(row), members, branch, model, expectation, streams, codes[1], (first, second), share
        )
        alone = (_summed(cut, t)[:, None] for t, cut in enumerate(people))
        yield int(row), _parts(alone, times, share)[0], counties


def _counties(
    people: list[Array],
    row: int,
    members: Rows,
    branch: Branch,
    model: Model,
    expectation: CountyExpectation,
    streams: Callable[[str], np.random.Generator],
    codes: list[str],
    pace: tuple[Array, Array],
    share: float,
) -> list[tuple[int, PlacePeople]]:
    """People of a middle's counties, which with its rest make up `people` by time (draw, sex, cell)."""
    if not len(members):
        return []
    draws = len(people[0])
    change = np.empty((draws, len(members), 2, len(COHORT_GROUPS)))
    persistence = expectation.persistence[:, None, None]
    for at, member in enumerate(members):
        errors = model.errors[branch.kinds[member]]
        drawn = errors.draws(branch.sizes[member : member + 1], draws, streams(codes[member]))[:, 0]
        change[:, at] = expectation.own[member] + persistence * expectation.last_own[member] + drawn
    base = branch.counties[members]
    births = fertility(base, branch.middles[row])
    beyond = branch.rest[row]
    beyond_births = fertility(beyond[None], branch.middles[row])
    still = np.zeros((1, 1, 2, len(COHORT_GROUPS)))

    def by_time() -> Iterator[Array]:
        for t, whole in enumerate(people):
            other = weights(beyond[None], still, beyond_births, pace[0][t], pace[1][t])[:, 0]
            out = np.empty((draws, len(members), 2, AGE_CELLS))
            for start in range(0, draws, _CHUNK):
                some = slice(start, start + _CHUNK)
                own = weights(base, change[some], births, pace[0][t], pace[1][t])
                total = own.sum(axis=1) + other
                own /= np.where(total > 0, total, 1.0)[:, None]
                held = own.take(cells(t).cohort, axis=-1)
                held *= whole[some, None]
                out[some] = _summed(held, t)
            yield out

    return list(zip(members.tolist(), _parts(by_time(), len(people), share), strict=True))


@cache
def _by_age(years: int) -> Array:
    """Sums cells into ages, (cell, AGE_CELLS)."""
    return np.eye(AGE_CELLS)[cells(years).age]


def _summed(people: Array, years: int) -> Array:
    """Cells (…, cell) as ages (…, AGE_CELLS): one product of two matrices, not one for each draw."""
    return (people.reshape(-1, people.shape[-1]) @ _by_age(years)).reshape(*people.shape[:-1], AGE_CELLS)


def _parts(by_time: Iterable[Array], times: int, share: float) -> list[PlacePeople]:
    """Places (draw, place, sex, AGE_CELLS) by anniversary as people at `census_and_year_ends`."""
    before = ends = np.empty(0)
    for t, found in enumerate(by_time):
        now = found.swapaxes(0, 1)
        if t == 0:
            ends = np.empty((*now.shape[:2], times - 1, *now.shape[2:]))
            ends[:, :, 0] = now
        elif t > 1:
            ends[:, :, t - 1] = before + share * (now - before)
        before = now
    return [PlacePeople(ends[at, ..., 1:], ends[at] @ np.ones(AGE_CELLS)) for at in range(len(ends))]

"""Slips in the censuses of cities: their tables and margins held against all prefectures of both censuses.

A city is compared with its province, x = log(people of the city / people of the province) by sex and age. The country's
prefectures say how far x may move from one age to the next, how far the sexes may lie apart, and how far a cohort may
change beside the province's in ten years. What lies beyond the farthest of them is probably a slip.
"""

import math
from collections.abc import Mapping
from itertools import combinations, compress, pairwise
from typing import NamedTuple

import numpy as np

from pipeline.axes import CENSUS_GROUPS, SEXES, Array, Mask
from pipeline.demography.age_groups import Margins, open_bands, partition, within
from pipeline.errors import Doubt, Fault

SMALLEST_PLACE = 50_000
"""Smaller prefectures say nothing of what is usual."""

NOISE = 3.0
"""Standard deviations of a count by which a small cell may lie farther out."""

ROOM = 1.1
"""How much farther than the farthest prefecture a city may lie."""

IMPOSSIBLE = 5.0
"""Log distance beyond the farthest prefecture at which no table by age can be read into margins: 150-fold."""

COPIED = 6
"""Cells that two censuses of a city, or its men and women, may not share: of all prefectures none has more than one."""

MANY = 6
"""Odd cells from which on a table as a whole is doubted, and not one cell after the other."""

FEWEST_BETTER = 0.34
"""Share of its odd cells that a table must keep, at most, for an exchange to be named as what went wrong."""

FEWER_MEN, NEARER = 0.04, 0.5
"""Log distance of a sex ratio from the province's from which on men and women may have been exchanged, and what part of
it may be left once they are put right. Of 670 counts of prefectures 4 lie there; of the exchanged, 7 to 9 of 10.
"""


class PrefectureAges(NamedTuple):
    """The prefectures of one census and their provinces' tables, persons (place, sex, 19), the sexes men first."""

    codes: list[str]
    people: Array
    provinces: Array


class Usual(NamedTuple):
    """The farthest that any prefecture lies, low and high.

    `sexes` (2, 19) men's x less women's; `kinks` (2, 19) of x along the ages; `change` (2, 16) of the cohorts that
    reach 10-14 … 85+ a census later, less the province's.
    """

    sexes: Array
    kinks: Array
    change: Array


def usual(first: PrefectureAges, second: PrefectureAges) -> Usual:
    """How far the prefectures of two censuses lie from their provinces."""
    first, second = _large(first), _large(second)
    x = np.concatenate([np.log(part.people / part.provinces) for part in (first, second)])
    both = [code for code in first.codes if code in set(second.codes)]
    before, after = ([part.codes.index(code) for code in both] for part in (first, second))
    change = _change(first.people[before], second.people[after])
    change -= _change(first.provinces[before], second.provinces[after])
    return Usual(
        _range(x[:, 0] - x[:, 1]),
        _range(_kinks(x).reshape(-1, x.shape[-1])),
        _range(change.reshape(-1, change.shape[-1])),
    )


def _range(values: Array) -> Array:
    return np.stack([values.min(axis=0), values.max(axis=0)]) * ROOM


def _kinks(x: Array) -> Array:
    """How far each age lies above the middle of its neighbours, the first and last above their one, (..., 19)."""
    middles = (x[..., :-2] + x[..., 2:]) / 2
    return x - np.concatenate([x[..., 1:2], middles, x[..., -2:-1]], axis=-1)


def _change(first: Array, second: Array) -> Array:
    """Log change of the cohorts that reach 10-14 … 80-84 and 85+ in the second census, (..., 16); ages 0-4 as one."""
    begun = np.add.reduceat(first, [0, *range(2, 17)], axis=-1)
    return np.log(second[..., 3:] / begun)


def odd_table(
    tables: Mapping[int, Array], provinces: Mapping[int, Array], known: Usual, file: str, parent: str
) -> list[Fault]:
    """Doubts of the tables (sex, 19) of a city by census year, against those of its province `parent`.

    A count of nobody, which is a fault of its own, is looked at as one person.
    """
    if copies := _copies(tables, file):
        return copies
    tables = {year: np.maximum(people, 1.0) for year, people in tables.items()}
    found = _odd(tables, provinces, known)
    for words, other in _exchanges(tables):
        if found and len(_odd(other, provinces, known)) <= FEWEST_BETTER * len(found):
            expected = f"them the other way round, as in {parent} and every prefecture of the country"
            return [Doubt(file, words, f"{len(found)} counts beyond what any prefecture shows", expected)]
    doubts: list[Fault] = []
    many = len(found) >= MANY
    for year, sex, at in [max(found, key=lambda cell: found[cell][0])] if many else found:
        beyond, wanted, why = found[year, sex, at]
        count = float(tables[year][sex, at])
        odd, expected = f"{count:.0f}", _about(count, wanted, why, parent, beyond)
        if many:
            odd = f"{len(found)} counts beyond what any prefecture shows, {odd} the farthest"
            expected = f"about {float(f'{wanted:.3g}'):.12g} there (another place, another unit, or rows out of order?)"
        doubts.append(Doubt(file, f"year {year}, sex {SEXES[sex]}, age {CENSUS_GROUPS[at]}", odd, expected))
    return doubts


def _copies(tables: Mapping[int, Array], file: str) -> list[Fault]:
    """A doubt where one census is in part a copy of the other, or the women of one a copy of its men."""
    pairs = [(f"year {year}", people[1], people[0], "women", "men") for year, people in tables.items()]
    for first, second in pairwise(sorted(tables)):
        pairs.append((f"year {second}", tables[second], tables[first], str(second), str(first)))
    return [
        Doubt(file, place, f"{same} of {ours.size} counts as of {other}", f"those of {own}: a copy of {other}?")
        for place, ours, theirs, own, other in pairs
        if (same := int(((ours == theirs) & (ours > 0)).sum())) >= COPIED
    ]


def exchanged(tables: Mapping[int, Array], right: Mapping[int, Array | None], own: str, file: str) -> Fault | None:
    """What was exchanged where that alone makes `tables` differ from the `right` ones by census year."""

    def alike(some: Mapping[int, Array]) -> bool:
        return all(np.array_equal(people, np.asarray(right.get(year))) for year, people in some.items())

    words = next((words for words, other in _exchanges(tables) if not alike(tables) and alike(other)), None)
    expected = f"the other way round, as the counts of {own}"
    return Fault(file, words, "the one for the other", expected) if words else None


def margins_beside(margins: Margins, counted: Array, where: str, own: str, file: str) -> list[Fault]:
    """A doubt for each margin that is not the sum of the counts (sex, 19) of the same place."""
    figures = {"total": margins.total, "male": margins.male, "female": margins.female, **margins.bands}
    men, women = counted.sum(axis=1).tolist()
    sums = {"total": men + women, "male": men, "female": women}
    sums |= {band: float(counted[_cells(band)].sum()) for band in margins.bands}
    return [
        Doubt(file, f"{where}, {name}", f"{count:.12g}", f"{sums[name]:.12g}, as {own} adds up")
        for name, count in figures.items()
        if count != sums[name]
    ]


Cell = tuple[int, int, int]
"""Census year, place of the sex, place of the age."""

Odd = tuple[float, float, str]
"""How far beyond the farthest prefecture a count lies (log), what is expected in its place, and what leads to that."""


def _odd(tables: Mapping[int, Array], provinces: Mapping[int, Array], known: Usual) -> dict[Cell, Odd]:
    """The cells of the tables (sex, 19) of a city by census year that lie beyond every prefecture."""
    found: dict[Cell, Odd] = {}
    last_age = len(CENSUS_GROUPS) - 1
    for year, people in tables.items():
        province = provinces[year]
        x, noise = np.log(people / province), NOISE / np.sqrt(people)
        apart = _beyond(x[0] - x[1], known.sexes, np.hypot(noise[0], noise[1]))
        noise[:, [0, -1]] = np.hypot(noise[:, [0, -1]], noise[:, [1, -2]])
        far = _beyond(_kinks(x), known.kinks, noise)
        for sex in range(2):
            # The neighbours of a slip bend the other way, half as far: the worst of each stretch is the slip.
            for at in range(1, last_age):
                if far[sex, at] > 0 and far[sex, at] >= far[sex, max(at - 1, 1) : min(at + 2, last_age)].max():
                    wanted = math.sqrt(people[sex, at - 1] * people[sex, at + 1])
                    found[year, sex, at] = float(far[sex, at]), wanted, "the ages beside it"
            for at, beside in ((0, 1), (last_age, last_age - 1)):
                if far[sex, at] > 0 and (year, sex, beside) not in found:
                    wanted = province[sex, at] * math.exp(x[sex, beside])
                    found[year, sex, at] = float(far[sex, at]), wanted, "the age beside it"
        for at in np.flatnonzero(apart > 0).tolist():
            if not {(year, sex, near) for sex in range(2) for near in (at - 1, at, at + 1)} & found.keys():
                wanted = float(people[1, at] * province[0, at] / province[1, at])
                found[year, 0, at] = float(apart[at]), wanted, f"the {people[1, at]:.0f} women of that age"
    if len(tables) == 2:
        first, last = sorted(tables)
        change = _change(tables[first], tables[last]) - _change(provinces[first], provinces[last])
        beyond = _beyond(change, known.change, NOISE / np.sqrt(tables[last][..., 3:]))
        for sex, at in np.argwhere(beyond > 0).tolist():
            if not {(year, sex, age) for year in tables for age in range(at, at + 5)} & found.keys():
                wanted = float(tables[last][sex, 3 + at] * math.exp(-change[sex, at]))
                found[last, sex, 3 + at] = float(beyond[sex, at]), wanted, "those ten years younger in 2010"
    return found


def _beyond(values: Array, limits: Array, noise: Array) -> Array:
    """How far values lie outside their limits and noise; not above zero inside."""
    return np.maximum(values - limits[1], limits[0] - values) - noise


def _about(count: float, wanted: float, why: str, parent: str, beyond: float) -> str:
    """What was expected of a count: about `wanted`, and what may have happened to it."""
    times = count / wanted
    slip = "a digit too many?" if times > 6 else "a digit lost?" if times < 1 / 6 else "a slip?"
    farther = f"{math.expm1(beyond):.0%} beyond" if beyond < 1 else f"{math.exp(beyond):,.0f} times as far as"
    rounded = float(f"{wanted:.3g}")
    return f"about {rounded:.12g}, as {why} and {parent} lead to expect ({farther} the farthest prefecture; {slip})"


def _exchanges(tables: Mapping[int, Array]) -> list[tuple[str, dict[int, Array]]]:
    """What may have been exchanged in tables by census year, and the tables put right."""
    found = [("column sex, male and female", {year: people[::-1] for year, people in tables.items()})]
    if len(tables) == 2:
        one, two = sorted(tables)
        found += [(f"year {year}, sex male and female", {**tables, year: tables[year][::-1]}) for year in (one, two)]
        found.append((f"column year, {one} and {two}", {one: tables[two], two: tables[one]}))
    return found


def odd_margins(
    margins: Margins, province: Array, known: tuple[PrefectureAges, PrefectureAges], place: tuple[str, str], file: str
) -> list[Fault]:
    """What is odd in the margins of one census of a city, against its province (sex, 19) and all prefectures.

    `place` is the city and year, and the province. What no table by age can be read into is a fault, the rest doubts.
    """
    found = _odd_bands(margins.bands, margins.total, province, known)
    where, parent = place
    findings: list[Fault] = []
    other_way = f"them the other way round, as in {parent} and every prefecture of the country"
    if margins.male and margins.female:
        men, women = province.sum(axis=1).tolist()
        all_men = np.repeat([[True], [False]], len(CENSUS_GROUPS), axis=1)
        beyond, ratio = _beyond_odds((margins.male, margins.female), all_men, ~all_men, province, known)
        if sexes_exchanged(margins.male / margins.female, men / women):
            expected = f"them the other way round, as {parent} has {100 * men / women:.1f} men to 100 women"
            values = f"{margins.male:.12g} and {margins.female:.12g}"
            findings.append(Doubt(file, f"{where}, male and female", values, expected))
        elif beyond > 0:
            found["male"] = beyond, margins.female * math.exp(ratio), "the women"
    for one, other in combinations(margins.bands, 2):
        swapped = {**margins.bands, one: margins.bands[other], other: margins.bands[one]}
        adds_up = sum((parts := partition(swapped)).values()) == margins.total and min(parts.values()) > 0
        if {one, other} & found.keys() and adds_up and not _odd_bands(swapped, margins.total, province, known):
            values = f"{margins.bands[one]:.12g} and {margins.bands[other]:.12g}"
            return [*findings, Doubt(file, f"{where}, {one} and {other}", values, other_way)]
    figures = {**margins.bands, "male": margins.male}
    for band, (beyond, wanted, why) in found.items():
        kind = Fault if beyond > IMPOSSIBLE else Doubt
        expected = _about(figures[band], wanted, why, parent, beyond)
        findings.append(kind(file, f"{where}, {band}", f"{figures[band]:.12g}", expected))
    return findings


def _odd_bands(
    bands: Mapping[str, float], total: float, province: Array, known: tuple[PrefectureAges, PrefectureAges]
) -> dict[str, Odd]:
    """By band whose share of the band around it (or of all) lies beyond every prefecture."""
    wider = {inner: outer for outer, inner in pairwise(open_bands(bands))}
    found = {}
    for band, people in bands.items():
        outer = wider.get(band, "total")
        whole, inside = bands.get(outer, total), _cells(band)
        if 0 < people < whole:
            parts = people, whole - people
            beyond, odds = _beyond_odds(parts, inside, _cells(outer) & ~inside, province, known)
            if beyond > 0:
                why = "the total" if outer == "total" else f"its {outer}"
                found[band] = beyond, whole / (1 + math.exp(-odds)), why
    return found


def _beyond_odds(
    own: tuple[float, float], inside: Mask, outside: Mask, province: Array, known: tuple[PrefectureAges, PrefectureAges]
) -> tuple[float, float]:
    """How far log(people inside / outside), cells (sex, 19), is beyond all prefectures; what the province's is."""

    def odds(tables: Array) -> Array:
        return np.log(tables[..., inside].sum(axis=-1) / tables[..., outside].sum(axis=-1))

    limits = _range(np.concatenate([odds(part.people) - odds(part.provinces) for part in map(_large, known)]))
    usual_odds, noise = float(odds(province)), NOISE / math.sqrt(min(own))
    return float(_beyond(np.array(math.log(own[0] / own[1]) - usual_odds), limits, np.array(noise))), usual_odds


def sexes_exchanged(own: float, usual_ratio: float) -> bool:
    """Whether a ratio of men to women is far from its province's, and its inverse much nearer."""
    found, other = (abs(math.log(ratio / usual_ratio)) for ratio in (own, 1 / own))
    return found > FEWER_MEN and other < NEARER * found


def _large(part: PrefectureAges) -> PrefectureAges:
    kept = (part.people.sum(axis=(1, 2)) >= SMALLEST_PLACE) & (part.people > 0).all(axis=(1, 2))
    return PrefectureAges([*compress(part.codes, kept)], part.people[kept], part.provinces[kept])


def _cells(band: str) -> Mask:
    """The cells (sex, 19) of a band of whole census groups, both sexes."""
    return np.tile(within(band), (2, 1))

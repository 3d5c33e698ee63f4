"""Slips in the censuses of cities: their tables and margins held against all prefectures of both censuses.

A city is compared with its province, x = log(people of the city / people of the province) by sex and age. The country's
prefectures say how far x may move from one age to the next, how far the sexes may lie apart, and how far a cohort may
change beside the province's in ten years. What lies beyond the farthest of them is probably a slip.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.axes import SEXES, Array
from pipeline.demography.age_groups import Margins, bounds, partition
from pipeline.errors import Doubt, Fault
from pipeline.schemas import AGES_85

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


@dataclass(frozen=True)
class PrefectureAges:
    """The prefectures of one census and their provinces' tables, persons (place, sex, 19), the sexes men first."""

    codes: list[str]
    people: Array
    provinces: Array


@dataclass(frozen=True)
class Usual:
    """The farthest that any prefecture lies, low and high.

    `sexes` (2, 19) men's x less women's; `ends` (2, 2) and `bends` (2, 17) of x along the ages; `change` (2, 16) of
    the cohorts that reach 10-14 … 85+ a census later, less the province's.
    """

    sexes: Array
    ends: Array
    bends: Array
    change: Array


def usual(first: PrefectureAges, second: PrefectureAges) -> Usual:
    """How far the prefectures of two censuses lie from their provinces."""
    first, second = _large(first), _large(second)
    x = np.concatenate([np.log(part.people / part.provinces) for part in (first, second)])
    both = [code for code in first.codes if code in set(second.codes)]
    rows = [first.codes.index(code) for code in both], [second.codes.index(code) for code in both]
    change = _change(first.people[rows[0]], second.people[rows[1]]) - _change(
        first.provinces[rows[0]], second.provinces[rows[1]]
    )
    return Usual(
        _range(x[:, 0] - x[:, 1]),
        _range(np.concatenate([_ends(x[:, 0]), _ends(x[:, 1])])),
        _range(np.concatenate([_bends(x[:, 0]), _bends(x[:, 1])])),
        _range(np.concatenate([change[:, 0], change[:, 1]])),
    )


def _range(values: Array) -> Array:
    return np.stack([values.min(axis=0), values.max(axis=0)]) * ROOM


def _ends(x: Array) -> Array:
    """Steps from the second age to the first and from the last but one to the last, (..., 2)."""
    return np.stack([x[..., 0] - x[..., 1], x[..., -1] - x[..., -2]], axis=-1)


def _bends(x: Array) -> Array:
    """How far each inner age lies above the middle of its neighbours, (..., 17)."""
    return x[..., 1:-1] - (x[..., :-2] + x[..., 2:]) / 2


def _change(first: Array, second: Array) -> Array:
    """Log change of the cohorts that reach 10-14 … 80-84 and 85+ in the second census, (..., 16); ages 0-4 as one."""
    before = np.concatenate([first[..., :2].sum(axis=-1, keepdims=True), first[..., 2:]], axis=-1)
    begun = np.concatenate([before[..., :15], before[..., 15:].sum(axis=-1, keepdims=True)], axis=-1)
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
    if not found:
        return []
    for words, other in _exchanges(tables):
        if len(_odd(other, provinces, known)) <= FEWEST_BETTER * len(found):
            expected = f"them the other way round, as in {parent} and every prefecture of the country"
            return [Doubt(file, words, f"{len(found)} counts beyond what any prefecture shows", expected)]
    many = len(found) >= MANY
    doubts: list[Fault] = []
    for cell in [max(found, key=lambda cell: found[cell][0])] if many else found:
        (year, sex, at), (beyond, wanted, why) = cell, found[cell]
        count = float(tables[year][sex, at])
        odd, expected = f"{count:.0f}", _about(count, wanted, why, parent, beyond)
        if many:
            odd = f"{len(found)} counts beyond what any prefecture shows, {count:.0f} the farthest"
            expected = f"about {float(f'{wanted:.3g}'):.12g} there (another place, another unit, or rows out of order?)"
        doubts.append(Doubt(file, f"year {year}, sex {SEXES[sex]}, age {AGES_85[at]}", odd, expected))
    return doubts


def _copies(tables: Mapping[int, Array], file: str) -> list[Fault]:
    """A doubt where one census is in part a copy of the other, or the women of one a copy of its men."""
    pairs = [(f"year {year}", people[1], people[0], "women", "men") for year, people in tables.items()]
    if len(tables) == 2:
        first, second = sorted(tables)
        pairs.append((f"year {second}", tables[second], tables[first], str(second), str(first)))
    return [
        Doubt(file, place, f"{same} of {ours.size} counts as of {other}", f"those of {own}: a copy of {other}?")
        for place, ours, theirs, own, other in pairs
        if (same := int(((ours == theirs) & (ours > 0)).sum())) >= COPIED
    ]


def exchanged(tables: Mapping[int, Array], right: Mapping[int, Array | None], own: str, file: str) -> Fault | None:
    """What was exchanged where that alone makes `tables` differ from the `right` ones by census year."""
    if any(right.get(year) is None for year in tables):
        return None

    def alike(some: Mapping[int, Array]) -> bool:
        return all(np.array_equal(some[year], np.asarray(right[year])) for year in some)

    if alike(tables):
        return None
    for words, other in _exchanges(tables):
        if alike(other):
            return Fault(file, words, "the one for the other", f"the other way round, as the counts of {own}")
    return None


def margins_beside(margins: Margins, counted: Array, where: str, own: str, file: str) -> list[Fault]:
    """A doubt for each margin that is not the sum of the counts (sex, 19) of the same place."""
    figures = {"total": margins.total, "male": margins.male, "female": margins.female, **margins.bands}
    men, women = counted.sum(axis=1).tolist()
    sums = {"total": men + women, "male": men, "female": women}
    sums |= {band: float(_people(counted, band)) for band in margins.bands}
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

    def add(cell: Cell, beyond: float, wanted: float, why: str) -> None:
        if beyond > 0 and beyond > found.get(cell, (0.0, 0.0, ""))[0]:
            found[cell] = beyond, wanted, why

    for year, people in tables.items():
        x, noise = np.log(people / provinces[year]), NOISE / np.sqrt(people)
        apart = _beyond(x[0] - x[1], known.sexes, np.hypot(noise[0], noise[1]))
        for sex in range(2):
            near = _beyond(_bends(x[sex]), known.bends, noise[sex, 1:-1])
            ends = _beyond(_ends(x[sex]), known.ends, np.hypot(noise[sex, [0, -1]], noise[sex, [1, -2]]))
            middle = np.exp((np.log(people[sex, :-2]) + np.log(people[sex, 2:])) / 2)
            # The neighbours of a slip bend the other way, half as far: the worst of each stretch is the slip.
            for at in np.flatnonzero(near > 0).tolist():
                if near[at] >= near[max(at - 1, 0) : at + 2].max():
                    add((year, sex, at + 1), float(near[at]), float(middle[at]), "the ages beside it")
            for end, at in enumerate((0, len(AGES_85) - 1)):
                wanted = provinces[year][sex, at] * math.exp(x[sex, 1 if at == 0 else at - 1])
                if not any((year, sex, other) in found for other in (1 if at == 0 else at - 1, at)):
                    add((year, sex, at), float(ends[end]), wanted, "the age beside it")
        for at in np.flatnonzero(apart > 0).tolist():
            if not any((year, sex, near) in found for sex in range(2) for near in (at - 1, at, at + 1)):
                wanted = people[1, at] * provinces[year][0, at] / provinces[year][1, at]
                add((year, 0, at), float(apart[at]), float(wanted), f"the {people[1, at]:.0f} women of that age")
    if len(tables) == 2:
        first, second = (tables[year] for year in sorted(tables))
        before, after = (provinces[year] for year in sorted(tables))
        change, usual_change = _change(first, second), _change(before, after)
        noise = NOISE / np.sqrt(second[..., 3:])
        far = _beyond(change - usual_change, known.change, noise)
        last = max(tables)
        for sex, at in np.argwhere(far > 0).tolist():
            nearby = {(year, sex, age) for year in tables for age in range(at, at + 5)}
            if not nearby & found.keys():
                wanted = second[sex, 3 + at] * math.exp(usual_change[sex, at] - change[sex, at])
                add(
                    (last, int(sex), 3 + int(at)), float(far[sex, at]), float(wanted), "those ten years younger in 2010"
                )
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
    years = sorted(tables)
    found = [("column sex, male and female", {year: people[::-1] for year, people in tables.items()})]
    found += [
        (f"year {year}, sex male and female", {**tables, year: tables[year][::-1]}) for year in years if len(years) > 1
    ]
    if len(years) == 2:
        found.append(
            (f"column year, {years[0]} and {years[1]}", {years[0]: tables[years[1]], years[1]: tables[years[0]]})
        )
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
        own = margins.male, margins.female
        beyond, ratio = _beyond_odds(own, _men_and_women, province, known)
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
    opened = sorted((band for band in bands if bounds(band)[1] is None), key=lambda band: bounds(band)[0])
    wider = dict(zip(opened[1:], opened, strict=False))
    found = {}
    for band, people in bands.items():
        outer = wider.get(band, "total")
        whole = bands.get(outer, total)
        if not 0 < people < whole:
            continue

        def parts(tables: Array, band: str = band, outer: str = outer) -> tuple[Array, Array]:
            inside = _people(tables, band)
            return inside, _people(tables, outer) - inside

        beyond, odds = _beyond_odds((people, whole - people), parts, province, known)
        if beyond > 0:
            found[band] = beyond, whole / (1 + math.exp(-odds)), "the total" if outer == "total" else f"its {outer}"
    return found


def _men_and_women(tables: Array) -> tuple[Array, Array]:
    return tables[..., 0, :].sum(axis=-1), tables[..., 1, :].sum(axis=-1)


def _beyond_odds(
    own: tuple[float, float],
    parts: Callable[[Array], tuple[Array, Array]],
    province: Array,
    known: tuple[PrefectureAges, PrefectureAges],
) -> tuple[float, float]:
    """How far log(one part / other) of a city, beside its province's, lies beyond every prefecture; the province's."""

    def odds(tables: Array) -> Array:
        one, other = parts(tables)
        return np.log(one / other)

    limits = _range(np.concatenate([odds(part.people) - odds(part.provinces) for part in map(_large, known)]))
    usual_odds, noise = float(odds(province)), NOISE / math.sqrt(min(own))
    return float(_beyond(np.array(math.log(own[0] / own[1]) - usual_odds), limits, np.array(noise))), usual_odds


def sexes_exchanged(own: float, usual_ratio: float) -> bool:
    """Whether a ratio of men to women is far from its province's, and its inverse much nearer."""
    found, other = (abs(math.log(ratio / usual_ratio)) for ratio in (own, 1 / own))
    return found > FEWER_MEN and other < NEARER * found


def _large(part: PrefectureAges) -> PrefectureAges:
    kept = (part.people.sum(axis=(1, 2)) >= SMALLEST_PLACE) & (part.people > 0).all(axis=(1, 2))
    return PrefectureAges(
        [code for code, keep in zip(part.codes, kept, strict=True) if keep], part.people[kept], part.provinces[kept]
    )


def _people(tables: Array, band: str) -> Array:
    """People of a band of whole census groups, both sexes, of tables (..., sex, 19)."""
    first, last = bounds(band)
    inside = [first <= bounds(age)[0] and (last is None or bounds(age)[0] <= last) for age in AGES_85]
    return tables[..., inside].sum(axis=(-2, -1))

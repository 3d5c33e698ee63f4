"""The censuses of cities, settled: held against the table of all prefectures, and 2010 put into the boundary of 2020.

A prefecture that gained or lost counties between the censuses would show them as migrants. Its 2010 is therefore made
of the counties that lie in it in 2020, which `pipeline.models.counties` matches; a code that changed is followed so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.domain import Region
from pipeline.errors import Doubt, Fault
from pipeline.inputs.bulletins import margins_by_year
from pipeline.inputs.raw_tables import RawTables
from pipeline.inputs.reconcile import fold_open_age
from pipeline.inputs.table_checks import limited
from pipeline.model import odd_cities as odd
from pipeline.models.counties.matching import Tree, in_boundary_of, matches, tree
from pipeline.schemas import AGES_85
from pipeline.vocabulary import CensusForm

FIRST_CENSUS = CENSUS_YEAR - 10
PREFECTURES = "data/raw/prefectures.csv"
SUCCESSORS = "data/raw/county_successors.csv"
FEWEST_SIBLINGS = 4
"""Prefectures that a province must have to say what size they are."""

MADE = "of the counties that lie in it in 2020"


@dataclass(frozen=True)
class City:
    """The censuses of a city as later stages use them: rows year, sex, age, population; `made` what was made of 2010.

    `made` is blank where 2010 is as it came.
    """

    form: CensusForm
    rows: pd.DataFrame
    made: str = ""


class Country:
    """All prefectures of both censuses, each worked out once and when first asked for."""

    def __init__(self, raw: RawTables) -> None:
        self.raw = raw

    @cached_property
    def trees(self) -> tuple[Tree, Tree]:
        """The first census and the second."""
        table = self.raw.table(PREFECTURES)
        return tree(table, FIRST_CENSUS), tree(table, CENSUS_YEAR)

    @cached_property
    def first(self) -> odd.PrefectureAges:
        """As counted in the first census."""
        return _counted(self.trees[0])

    @cached_property
    def second(self) -> odd.PrefectureAges:
        """As counted in the second."""
        return _counted(self.trees[1])

    @cached_property
    def moved(self) -> odd.PrefectureAges:
        """The first census in the boundary of the second, of the counties that lie in it; none where none can tell."""
        first, second = self.trees
        people, whole = in_boundary_of(first, second, matches(first, second, self.raw.table(SUCCESSORS)))
        return _prefectures(second.middles, people, whole, first)

    @cached_property
    def usual(self) -> odd.Usual:
        """How far prefectures lie from their provinces."""
        return odd.usual(self.moved, self.second)


def _counted(census: Tree) -> odd.PrefectureAges:
    """The prefectures of a census, blank cells and empty ones left out with their place."""
    return _prefectures(census.middles, census.middle_people, (census.middle_people > 0).all(axis=(1, 2)), census)


def _prefectures(middles: pd.DataFrame, people: Array, kept: NDArray[np.bool_], census: Tree) -> odd.PrefectureAges:
    """The middles of a tree that are places and `kept`, beside their provinces in a census."""
    kept = kept & (middles["code"] != "").to_numpy()
    own = [census.provinces.index(name) for name in middles["province"]]
    return odd.PrefectureAges(list(middles["code"][kept]), people[kept], census.province_people[own][kept])


def settled(
    raw: RawTables, regions: Mapping[str, Region], country: Country | None = None
) -> tuple[dict[str, City], list[Fault], list[Doubt]]:
    """The censuses of every city by id, what is wrong with them, and what is probably a slip.

    All tables must have been read without a fault. `country` spares working out what is known of it already.
    """
    country = country or Country(raw)
    cities: dict[str, City] = {}
    faults: list[Fault] = []
    doubts: list[Doubt] = []
    for region in regions.values():
        if region.level != "city":
            continue
        provinces = _provinces(raw, regions[str(region.parent)])
        settle = _of_margins if raw.form(region) == "margins" else _of_ages
        cities[region.id], wrong, odd_ones = settle(raw, region, provinces, country)
        faults += wrong
        doubts += odd_ones
    return cities, faults, doubts


def _provinces(raw: RawTables, parent: Region) -> dict[int, Array]:
    """The province of a city by census year, (sex, 19)."""
    folded = fold_open_age(raw.census([parent]))
    return {year: _table(folded, year) for year in (FIRST_CENSUS, CENSUS_YEAR)}


def _table(rows: pd.DataFrame, year: int) -> Array:
    wide = rows[rows["year"] == year].pivot(index="sex", columns="age", values="population")
    return wide.loc[list(SEXES), list(AGES_85)].to_numpy(dtype=float)


def _of(places: odd.PrefectureAges, code: str) -> Array | None:
    return places.people[places.codes.index(code)] if code in places.codes else None


def _sizes(
    people: Mapping[int, float], region: Region, provinces: Mapping[int, Array], country: Country
) -> list[Doubt]:
    """A doubt where a city that is no county (its code ends in 00) is smaller or larger than any of its province."""
    second = country.second
    siblings = second.people[(second.provinces == provinces[CENSUS_YEAR]).all(axis=(1, 2))].sum(axis=(1, 2))
    if not region.gb_code.endswith("00") or len(siblings) < FEWEST_SIBLINGS:
        return []
    return [
        doubt
        for year, count in people.items()
        for doubt in odd.odd_size(count, siblings, region.census, f"year {year}", str(region.parent))
    ]


def _of_margins(
    raw: RawTables, region: Region, provinces: Mapping[int, Array], country: Country
) -> tuple[City, list[Fault], list[Doubt]]:
    rows, _ = raw.checked(region.census, raw.declared(region))
    faults: list[Fault] = []
    doubts: list[Doubt] = []
    for year, margins in margins_by_year(rows).items():
        names = (f"{region.id} {year}", str(region.parent))
        counted = _of(country.second if year == CENSUS_YEAR else country.moved, region.gb_code)
        known = country.first, country.second
        wrong, odd_ones = odd.odd_margins(margins, provinces[year], known, names, region.census)
        if counted is None:
            odd_ones += _sizes({year: margins.total}, region, provinces, country)
        else:
            other = odd.margins_beside(margins, counted, names[0], f"{region.gb_code} in {PREFECTURES}", region.census)
            odd_ones = other or odd_ones
        faults += wrong
        doubts += odd_ones
    return City("margins", rows), faults, doubts


def _of_ages(
    raw: RawTables, region: Region, provinces: Mapping[int, Array], country: Country
) -> tuple[City, list[Fault], list[Doubt]]:
    rows, _ = raw.checked(region.census, raw.declared(region))
    file, form = region.census, raw.form(region)
    tables = {int(year): _table(rows, year) for year in sorted(set(rows["year"]))}
    today, before = _of(country.second, region.gb_code), _of(country.moved, region.gb_code)
    then = _of(country.first, region.gb_code)
    if today is None:
        sizes = _sizes({year: float(people.sum()) for year, people in tables.items()}, region, provinces, country)
        doubts = sizes or odd.odd_table(tables, provinces, country.usual, file, str(region.parent))
        return City(form, rows), [], doubts
    own = f"{region.gb_code} in {PREFECTURES}"
    if exchange := odd.exchanged(
        tables, {FIRST_CENSUS: before if then is None else then, CENSUS_YEAR: today}, own, file
    ):
        return City(form, rows), [exchange], []
    faults = _cells(tables[CENSUS_YEAR], today, CENSUS_YEAR, own, file)
    if FIRST_CENSUS not in tables:
        if before is None or region.census_form == "full_2020":
            return City("full_2020", rows), faults, []
        found = f"no count of {FIRST_CENSUS}"
        made = "the one made " + MADE
        doubt = Doubt(file, "", found, f"{made}, which is used (census_form: full_2020 leaves it out)")
        return City("full", _with(rows, before), MADE), faults, [doubt]
    table = tables[FIRST_CENSUS]
    if before is None:
        if then is not None:
            faults += _cells(table, then, FIRST_CENSUS, own, file)
        expected = "2020 alone (census_form: full_2020), as people whom a decree moved pass for migrants"
        found = f"a boundary that changed and cannot be followed by the counties of {PREFECTURES}"
        return City(form, rows), faults, [Doubt(file, f"year {FIRST_CENSUS}", found, expected)]
    if (table == before).all():
        return City(form, rows), faults, []
    if then is not None and (table == then).all():
        found = f"{table.sum():.0f} people, counted in the boundary of {FIRST_CENSUS}"
        expected = f"the {before.sum():.0f} {MADE}, who are used in their place"
        return City(form, _with(rows, before), MADE), faults, [Doubt(file, f"year {FIRST_CENSUS}", found, expected)]
    return City(form, rows), faults + _cells(table, before, FIRST_CENSUS, own, file), []


def _with(rows: pd.DataFrame, first: Array) -> pd.DataFrame:
    """The rows of the last census, and those of the first as the table (sex, 19) says."""
    last = rows[rows["year"] == CENSUS_YEAR]
    cells = [
        (FIRST_CENSUS, sex, age, int(first[at, k])) for at, sex in enumerate(SEXES) for k, age in enumerate(AGES_85)
    ]
    made = pd.DataFrame(cells, columns=["year", "sex", "age", "population"])
    return pd.concat([made, last[list(made.columns)]], ignore_index=True)


def _cells(found: Array, expected: Array, year: int, own: str, file: str) -> list[Fault]:
    """A fault for each cell of a table that is not as the table of prefectures has it; one where most are not."""
    other = int((found != expected).sum())
    if other > found.size // 2:
        wanted = f"the table of that place, or the gb_code of this one ({other} of {found.size} counts differ)"
        return [Fault(file, f"year {year}", f"another place than {own}", wanted)]
    return limited(
        [
            Fault(
                file,
                f"year {year}, sex {SEXES[sex]}, age {AGES_85[at]}",
                f"{found[sex, at]:.0f}",
                f"{expected[sex, at]:.0f}, the count of {own}",
            )
            for sex, at in np.argwhere(found != expected)
        ],
        file,
    )

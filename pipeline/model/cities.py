"""The censuses of cities, settled: held against the table of all prefectures, and 2010 put into the boundary of 2020.

A prefecture that gained or lost counties between the censuses would show them as migrants. Its 2010 is therefore made
of the counties that lie in it in 2020, which `pipeline.models.counties` matches; a code that changed is followed so.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_GROUPS, CENSUS_YEAR, SEXES, Array, Mask
from pipeline.domain import Region
from pipeline.errors import Doubt, Fault
from pipeline.inputs.bulletins import margins_by_year
from pipeline.inputs.raw_tables import RawTables
from pipeline.inputs.reconcile import fold_open_age
from pipeline.inputs.table_checks import limited
from pipeline.model import city_slips as slips
from pipeline.model.result_files import cube
from pipeline.models.counties.matching import Tree, in_boundary_of, matches, tree
from pipeline.vocabulary import CensusForm

FIRST_CENSUS = CENSUS_YEAR - 10
PREFECTURES = "data/raw/prefectures.csv"
SUCCESSORS = "data/raw/county_successors.csv"
FEWEST_SIBLINGS = 4
"""Prefectures that a province must have to say what size they are."""

MADE = "of the counties that lie in it in 2020"


class City(NamedTuple):
    """A city's censuses as later stages use them, rows year, sex, age, population; `made` of what 2010 was made."""

    form: CensusForm
    rows: pd.DataFrame
    made: str = ""


class Country(NamedTuple):
    """All prefectures of both censuses, blank and empty cells left out with their place.

    `first` and `second` as counted; `moved` the first in the boundary of the second, of the counties that lie in it,
    without those of which none can tell; `usual` how far prefectures lie from their provinces.
    """

    first: slips.PrefectureAges
    second: slips.PrefectureAges
    moved: slips.PrefectureAges
    usual: slips.Usual


def country_of(raw: RawTables) -> Country:
    first, second = (tree(raw.table(PREFECTURES), year) for year in (FIRST_CENSUS, CENSUS_YEAR))
    boundary = in_boundary_of(first, second, matches(first, second, raw.table(SUCCESSORS)))
    before, today = (
        _prefectures(census.middles, census.middle_people, (census.middle_people > 0).all(axis=(1, 2)), census)
        for census in (first, second)
    )
    moved = _prefectures(second.middles, *boundary, first)
    return Country(before, today, moved, slips.usual(moved, today))


def _prefectures(middles: pd.DataFrame, people: Array, kept: Mask, census: Tree) -> slips.PrefectureAges:
    """The middles of a tree that are places of its provinces and `kept`, beside their provinces in a census."""
    kept = kept & ((middles["code"] != "") & middles["province"].isin(census.provinces)).to_numpy()
    own = [census.provinces.index(name) for name in middles["province"][kept]]
    return slips.PrefectureAges(list(middles["code"][kept]), people[kept], census.province_people[own])


def settled(
    raw: RawTables, regions: Mapping[str, Region], country: Country | None = None
) -> tuple[dict[str, City], list[Fault]]:
    """The censuses of every city by id, and what is wrong with them or, as doubts, probably a slip.

    All tables must have been read without a fault. `country` spares working out what is known of it already.
    """
    cities: dict[str, City] = {}
    findings: list[Fault] = []
    for region in (region for region in regions.values() if region.level == "city"):
        country = country or country_of(raw)
        folded = fold_open_age(raw.census([regions[str(region.parent)]]))
        provinces = {year: _table(folded, year) for year in (FIRST_CENSUS, CENSUS_YEAR)}
        rows, _ = raw.checked(region.census, raw.declared(region))
        if raw.form(region) == "margins":
            cities[region.id] = City("margins", rows)
            findings += _odd_margins(rows, region, provinces, country)
        else:
            cities[region.id], found = _of_ages(City(raw.form(region), rows), region, provinces, country)
            findings += found
    return cities, findings


def _table(rows: pd.DataFrame, year: int) -> Array:
    """(sex, 19) of a census."""
    return cube(rows, {"year": [year], "sex": SEXES, "age": CENSUS_GROUPS}, "population")[0]


def _of(places: slips.PrefectureAges, code: str) -> Array | None:
    return places.people[places.codes.index(code)] if code in places.codes else None


def _sizes(
    people: Mapping[int, float], region: Region, provinces: Mapping[int, Array], country: Country
) -> list[Fault]:
    """A doubt where a city that is no county (its code ends in 00) is smaller or larger than any of its province."""
    second = country.second
    siblings = second.people[(second.provinces == provinces[CENSUS_YEAR]).all(axis=(1, 2))].sum(axis=(1, 2))
    if not region.gb_code.endswith("00") or len(siblings) < FEWEST_SIBLINGS:
        return []
    low, high = siblings.min(), siblings.max()
    expected = f"{low:.0f} to {high:.0f}, as the prefectures of {region.parent} (another unit?)"
    return [
        Doubt(region.census, f"year {year}, all ages", f"{count:.0f}", expected)
        for year, count in people.items()
        if not low / slips.ROOM <= count <= high * slips.ROOM
    ]


def _odd_margins(
    rows: pd.DataFrame, region: Region, provinces: Mapping[int, Array], country: Country
) -> Iterator[Fault]:
    for year, margins in margins_by_year(rows).items():
        names, file = (f"{region.id} {year}", str(region.parent)), region.census
        counted = _of(country.second if year == CENSUS_YEAR else country.moved, region.gb_code)
        findings = slips.odd_margins(margins, provinces[year], (country.first, country.second), names, file)
        faults = [finding for finding in findings if not isinstance(finding, Doubt)]
        doubts: list[Fault] = [finding for finding in findings if isinstance(finding, Doubt)]
        if counted is None:
            doubts += _sizes({year: margins.total}, region, provinces, country)
        else:
            own = f"{region.gb_code} in {PREFECTURES}"
            doubts = slips.margins_beside(margins, counted, names[0], own, file) or doubts
        yield from (*faults, *doubts)


def _of_ages(city: City, region: Region, provinces: Mapping[int, Array], country: Country) -> tuple[City, list[Fault]]:
    rows, file, code = city.rows, region.census, region.gb_code
    tables = {int(year): _table(rows, year) for year in sorted(set(rows["year"]))}
    today, before, then = (_of(places, code) for places in (country.second, country.moved, country.first))
    if today is None:
        sizes = _sizes({year: float(people.sum()) for year, people in tables.items()}, region, provinces, country)
        return city, sizes or slips.odd_table(tables, provinces, country.usual, file, str(region.parent))
    own, first = f"{code} in {PREFECTURES}", f"year {FIRST_CENSUS}"
    right = {FIRST_CENSUS: before if then is None else then, CENSUS_YEAR: today}
    if exchange := slips.exchanged(tables, right, own, file):
        return city, [exchange]
    faults = _cells(tables[CENSUS_YEAR], today, CENSUS_YEAR, own, file)
    if FIRST_CENSUS not in tables:
        if before is None or region.census_form == "full_2020":
            return City("full_2020", rows), faults
        expected = f"the one made {MADE}, which is used (census_form: full_2020 leaves it out)"
        doubt = Doubt(file, "", f"no count of {FIRST_CENSUS}", expected)
        return City("full", _with(rows, before), MADE), [*faults, doubt]
    table = tables[FIRST_CENSUS]
    if before is None:
        if then is not None:
            faults += _cells(table, then, FIRST_CENSUS, own, file)
        expected = "2020 alone (census_form: full_2020), as people whom a decree moved pass for migrants"
        found = f"a boundary that changed and cannot be followed by the counties of {PREFECTURES}"
        return city, [*faults, Doubt(file, first, found, expected)]
    if then is not None and (table == then).all() and (table != before).any():
        found = f"{table.sum():.0f} people, counted in the boundary of {FIRST_CENSUS}"
        expected = f"the {before.sum():.0f} {MADE}, who are used in their place"
        return City(city.form, _with(rows, before), MADE), [*faults, Doubt(file, first, found, expected)]
    return city, faults + _cells(table, before, FIRST_CENSUS, own, file)


def _with(rows: pd.DataFrame, first: Array) -> pd.DataFrame:
    """The rows of the last census, and those of the first as the table (sex, 19) says."""
    cells = pd.MultiIndex.from_product([[FIRST_CENSUS], SEXES, CENSUS_GROUPS], names=["year", "sex", "age"])
    made = pd.DataFrame({"population": first.ravel().astype(int)}, cells).reset_index()
    return pd.concat([made, rows.loc[rows["year"] == CENSUS_YEAR, list(made.columns)]], ignore_index=True)


def _cells(found: Array, expected: Array, year: int, own: str, file: str) -> list[Fault]:
    """A fault for each cell of a table that is not as the table of prefectures has it; one where most are not."""
    other = int((found != expected).sum())
    if other > found.size // 2:
        wanted = f"the table of that place, or the gb_code of this one ({other} of {found.size} counts differ)"
        return [Fault(file, f"year {year}", f"another place than {own}", wanted)]
    faults = []
    for sex, at in np.argwhere(found != expected):
        place = f"year {year}, sex {SEXES[sex]}, age {CENSUS_GROUPS[at]}"
        faults.append(Fault(file, place, f"{found[sex, at]:.0f}", f"{expected[sex, at]:.0f}, the count of {own}"))
    return limited(faults, file)

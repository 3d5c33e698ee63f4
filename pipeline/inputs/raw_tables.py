"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, TypeAdapter

from pipeline.axes import CENSUS_GROUPS, CENSUS_YEAR, SEXES
from pipeline.documents.text_files import read_text
from pipeline.documents.validate import read_model
from pipeline.domain import Correction, Region
from pipeline.errors import Doubt, Fault, InputError, nearest, raise_if_any, shown
from pipeline.inputs.bulletins import margin_faults, margin_rows, margins_by_year
from pipeline.inputs.declarations import CENSUS_CITY, CENSUS_MARGINS, CENSUS_PROVINCE, CITY_TABLES, RAW_FILES
from pipeline.inputs.population_counts import PREFECTURE
from pipeline.inputs.read import CSV_LIMIT, check_csv
from pipeline.inputs.reconcile import CHECKS, AllTables, fold_open_age
from pipeline.inputs.table_checks import each_row, limited, raw_file, schema_faults, unknown_names
from pipeline.schemas import Table
from pipeline.vocabulary import CensusForm

CORRECTIONS_FILE = "data/corrections.yaml"
CORRECTIONS = TypeAdapter(Annotated[tuple[Correction, ...], Field(strict=False)])

_FORMS: Mapping[CensusForm, str] = {
    "full": f"ages by sex of 2010 and {CENSUS_YEAR}",
    "full_2020": f"ages by sex of {CENSUS_YEAR} alone",
    "margins": "the margins of a bulletin (rows of the age total)",
}

SURVEY_REGIONS = ("southwest_china",)
"""Regions of published figures that are no region of the project."""

JUMP, RATE_JUMP = 300.0, 30.0
"""Ratios of two neighbours above which a unit was probably mistaken: a thousand or 万, of rates a hundred."""
SMALL_COUNT = 1000.0
"""Counts below this (persons, beds) may truly differ by any factor: a hundred-year-old here, none there."""
RATES = ("percent", "per_1000", "per_1000_person_years", "years", "persons_per_worker")


class RawTables:
    """The raw tables of a project, typed, corrected and each read once: frames are shared and must not be changed."""

    def __init__(self, root: Path, corrections: Sequence[Correction] = ()) -> None:
        self.root, self.corrections = root, corrections
        self._found: dict[str, tuple[pd.DataFrame, list[Fault]]] = {}

    def checked(self, file: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
        """The table in `file`, declared as `table`, and every fault of it."""
        if file not in self._found:
            frame, faults = check_csv(self.root, file, table)
            if not faults and any(correction.file == file for correction in self.corrections):
                frame, faults = apply_corrections(frame, file, self.corrections)
                wrong = [] if faults else schema_faults(frame, table, file)
                place = f"correction of {file}"
                faults += [replace(at, file=CORRECTIONS_FILE, place=f"{place}, {at.place}") for at in wrong]
            self._found[file] = frame, faults
        return self._found[file]

    def form(self, region: Region) -> CensusForm:
        """What the census file of a region holds: as its YAML says, else as it looks."""
        if region.level != "city":
            return "full"
        return region.census_form or form_found(self.root, region.census) or "full"

    def declared(self, region: Region) -> Table:
        """What the census file of a region is declared as."""
        return CITY_TABLES[self.form(region)] if region.level == "city" else CENSUS_PROVINCE

    def form_faults(self, region: Region) -> list[Fault]:
        """One fault where the census file of a city is of another form than its YAML says."""
        found, stated = form_found(self.root, region.census), region.census_form
        if found is None or stated is None or found == stated:
            return []
        expected = f"{_FORMS[stated]}, or census_form: {found} in {region.file}"
        return [Fault(region.census, "", _FORMS[found], expected)]

    def table(self, file: str, declared: Table | None = None) -> pd.DataFrame:
        """The raw table in `file`, a key of RAW_FILES or `declared`. Raises InputError with every fault of the file."""
        frame, faults = self.checked(file, declared or RAW_FILES[file])
        raise_if_any(faults)
        return frame

    def census(self, regions: Iterable[Region]) -> pd.DataFrame:
        """Census tables of the regions under one another: region, year, sex, age, population, deaths, source.

        Persons on 1 November; deaths (Int64, blank for cities) of the twelve months before. Provinces and the nation
        have ages to 100+ in 2000, 2010 and 2020, cities to 85+ in 2010 and 2020; cities known by margins alone have no
        rows. Raises InputError with the faults of a file.
        """
        by_age = [region for region in regions if self.form(region) != "margins"]
        frames = [self.table(region.census, self.declared(region)).assign(region=region.id) for region in by_age]
        return pd.concat(frames, ignore_index=True)[["region", *CENSUS_CITY.names]].astype({"deaths": "Int64"})

    def bands(self, regions: Iterable[Region]) -> list[pd.DataFrame]:
        """`margin_rows` of each region that is known by the margins of a bulletin alone. Raises InputError."""
        bulletins = [region for region in regions if self.form(region) == "margins"]
        return [margin_rows(region.id, self.table(region.census, CENSUS_MARGINS)) for region in bulletins]

    def bulletin_faults(self, region: Region, parent: Region) -> Iterator[Fault]:
        """What is wrong with the margins of a city by themselves or beside the table of its province."""
        bulletin = self.table(region.census, CENSUS_MARGINS)
        if CENSUS_YEAR not in set(bulletin["year"]):
            yield Fault(region.census, "column year", f"no {CENSUS_YEAR}", f"the census of {CENSUS_YEAR}")
            return
        province = fold_open_age(self.census([parent])).set_index(["year", "sex", "age"])["population"]
        for year, published in margins_by_year(bulletin).items():
            table = province[year].unstack().loc[list(SEXES), list(CENSUS_GROUPS)].to_numpy(dtype=float)
            yield from margin_faults(published, table, (f"{region.id} {year}", parent.id), region.census)


def form_found(root: Path, file: str) -> CensusForm | None:
    """What the census file of a city holds by its ages and years; nothing where it cannot be read."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(root, file, CSV_LIMIT), newline=""), strict=True))
    except (InputError, csv.Error):
        return None
    if not rows or not {"year", "sex", "age"} <= rows[0].keys():
        return None
    ages, years = ({row.get(name) for row in rows} for name in ("age", "year"))
    if "total" in ages and "0" not in ages:
        return "margins"
    return "full_2020" if years == {str(CENSUS_YEAR)} else "full"


def load_table(root: Path, file: str, corrections: Sequence[Correction] = ()) -> pd.DataFrame:
    """The shared raw table in `file` (a key of RAW_FILES), typed and corrected. Raises InputError with its faults."""
    return RawTables(root, corrections).table(file)


def check_tables(raw: RawTables, regions: Mapping[str, Region], sources: Collection[str] | None) -> list[Fault]:
    """Every fault of the raw data, or, where there is none, what is probably a slip.

    Each table is checked by itself, then, where all could be read, against one another. Without `sources` each is
    checked by itself alone: what regions and sources there are is not known.
    """
    declared = {**RAW_FILES, **{region.census: raw.declared(region) for region in regions.values()}}
    cities = {region.census: region for region in regions.values() if region.level == "city"}
    faults: list[Fault] = []
    for file, table in declared.items():
        frame, found = raw.checked(file, table)
        faults += (raw.form_faults(cities[file]) if file in cities and found else []) or found
        if sources is None:
            continue
        faults += unknown_names(frame, "source", sources, "a source of data/sources.yaml", file)
        if "region" in frame:
            named = frame[~frame["region"].str.fullmatch(PREFECTURE)]
            faults += unknown_names(named, "region", {*regions, *SURVEY_REGIONS}, "a region of data/regions", file)
    if faults or sources is None:
        return faults
    for region in regions.values():
        if raw.form(region) == "margins":
            faults += raw.bulletin_faults(region, regions[str(region.parent)])
    shared = {table.name: raw.table(file) for file, table in RAW_FILES.items()}
    tables = AllTables(shared, raw.census(regions.values()), raw.bands(regions.values()), regions)
    faults += [fault for check in CHECKS for fault in check(tables)]
    if faults:
        return faults
    doubts = [doubt for file, table in declared.items() for doubt in jumps(raw.checked(file, table)[0], table, file)]
    return [*doubts, *regions_alike(shared["care_figures"], raw_file("care_figures"))]


def load_corrections(root: Path) -> tuple[Correction, ...]:
    """The corrections of the raw tables in the order of their file. Raises InputError."""
    return read_model(root, CORRECTIONS_FILE, CORRECTIONS)[0]


def apply_corrections(
    frame: pd.DataFrame, file: str, corrections: Iterable[Correction]
) -> tuple[pd.DataFrame, list[Fault]]:
    """`frame` (the raw table of `file`) with its corrections, and a fault for each that does not fit.

    Each is held against the frame as it came, so that their order is free.
    """
    corrected = frame.copy()
    faults: list[Fault] = []
    for number, correction in enumerate(corrections, start=1):
        if correction.file == file:
            columns = [name for name in correction.key if name in frame.columns]
            match = np.logical_and.reduce([_equal(frame[name], correction.key[name]) for name in columns])
            if misfit := _misfit(frame, match, correction, number):
                faults.append(misfit)
                continue
            corrected.loc[match, correction.column] = correction.value
            if correction.column != "source":
                corrected.loc[match, "source"] = correction.source
    return corrected, faults


def _misfit(frame: pd.DataFrame, match: Any, correction: Correction, number: int) -> Fault | None:
    """What keeps a correction from fitting its table: a column, the rows, the old value or the kind of the new one."""
    file, column = correction.file, correction.column
    place = f"correction {number} ({', '.join(f'{name} {value}' for name, value in correction.key.items())})"
    for name in (*correction.key, column):
        if name not in frame.columns:
            expected = f"a column of {file}{nearest(name, frame.columns)}"
            return Fault(CORRECTIONS_FILE, place, f"the column {name}", expected)
    if match.sum() != correction.rows:
        wanted = f"{correction.rows} row{'s' if correction.rows > 1 else ''} of {file} to match the key"
        return Fault(CORRECTIONS_FILE, place, f"{match.sum()} rows", wanted)
    old = frame.loc[match, column]
    differs = old[~_equal(old, correction.expected)]
    if len(differs):
        expected = f"{shown(correction.expected)}, the old value that correction {number} replaces"
        return Fault(file, f"row {differs.index[0] + 2}, column {column}", shown(differs.iloc[0]), expected)
    numeric = pd.api.types.is_numeric_dtype(frame[column])
    if isinstance(correction.value, str) == numeric:
        expected = f"{'a number' if numeric else 'text (in quotes)'}, as column {column} of {file} holds"
        return Fault(CORRECTIONS_FILE, place, f"the value {shown(correction.value)}", expected)
    return None


def _equal(cells: pd.Series, value: object) -> pd.Series:
    return (cells == value).fillna(False).astype(bool)


def jumps(frame: pd.DataFrame, table: Table, file: str) -> list[Doubt]:
    """A doubt for each value of `table` that is far from the one before it in time, all else being the same.

    Columns that may be negative are left out: what passes through zero has no ratio.
    """
    time = next((name for name in ("year", "period") if name in table.key), None)
    kinds = {column.name: column.kind for column in table.columns if column.low is not None and column.low >= 0}
    amounts = [name for name, kind in kinds.items() if kind in ("integer", "number") and name != time]
    if time is None or not amounts:
        return []
    rest = [name for name in table.key if name != time]
    ordered = frame.sort_values([*rest, time], kind="stable")
    follows = (ordered[rest] == ordered[rest].shift()).all(axis=1).to_numpy()[:, np.newaxis]
    amount = ordered[amounts].to_numpy(float, na_value=np.nan)
    amount = np.where(amount > 0, amount, np.nan)
    before = np.where(follows, np.roll(amount, 1, axis=0), np.nan)
    before[:1] = np.nan
    ratio = np.maximum(amount / before, before / amount)
    limit = np.where(ordered["unit"].isin(RATES), RATE_JUMP, JUMP)[:, np.newaxis] if "unit" in ordered else JUMP
    small = (np.fmax(amount, before) < SMALL_COUNT) & [kinds[name] == "integer" for name in amounts]
    row = ordered.index + 2
    expected = "a value nearer to {:.12g} of row {} ({:,.0f}-fold; another unit?)"
    doubts = [
        Doubt(
            file,
            f"row {row[at]}, column {amounts[column]}",
            f"{amount[at, column]:.12g}",
            expected.format(before[at, column], row[at - 1], ratio[at, column]),
        )
        for column, at in np.argwhere(((ratio >= limit) & ~small).T)
    ]
    return limited(doubts, file)


def regions_alike(figures: pd.DataFrame, file: str) -> list[Doubt]:
    """A doubt for each rate of `figures` (care_figures) far from the median of its indicator everywhere."""
    rates = figures[figures["unit"].isin(RATES) & (figures["value"] > 0)]
    rates = rates.assign(row=rates.index + 2, middle=rates.groupby(["indicator", "unit"])["value"].transform("median"))
    rates["ratio"] = np.maximum(rates["value"] / rates["middle"], rates["middle"] / rates["value"])
    expected = "a value nearer to {middle:.12g}, the middle of all {indicator} ({ratio:,.0f}-fold; another unit?)"
    wrong = rates[rates["ratio"] >= RATE_JUMP]
    return each_row(wrong, file, "row {row}, column value", "{value:.12g}", expected, Doubt)

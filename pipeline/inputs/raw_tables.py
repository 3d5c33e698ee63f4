"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES
from pipeline.documents.text_files import read_text
from pipeline.domain import Correction, Region
from pipeline.errors import Doubt, Fault, InputError, raise_if_any
from pipeline.inputs import plausible
from pipeline.inputs.bulletins import Margins, margin_faults, margin_rows, margins_by_year
from pipeline.inputs.corrections import apply_corrections, corrected_faults, misplaced
from pipeline.inputs.declarations import CENSUS_CITY, CENSUS_MARGINS, CENSUS_PROVINCE, CITY_TABLES, RAW_FILES
from pipeline.inputs.population_counts import PREFECTURE
from pipeline.inputs.read import CSV_LIMIT, check_csv
from pipeline.inputs.reconcile import CHECKS, AllTables, fold_open_age
from pipeline.inputs.table_checks import raw_file, unknown_names
from pipeline.schemas import AGES_85, Table
from pipeline.vocabulary import CensusForm

REGION_FILE = "data/regions/cities/{}.yaml"

_FORMS: Mapping[CensusForm, str] = {
    "full": f"ages by sex of 2010 and {CENSUS_YEAR}",
    "full_2020": f"ages by sex of {CENSUS_YEAR} alone",
    "margins": "the margins of a bulletin (rows of the age total)",
}

SURVEY_REGIONS = ("southwest_china",)
"""Regions of published figures that are no region of the project."""


class RawTables:
    """The raw tables of a project, typed, corrected and each read once: frames are shared and must not be changed."""

    def __init__(self, root: Path, corrections: Sequence[Correction] = ()) -> None:
        self.root, self.corrections = root, corrections
        self._found: dict[str, tuple[pd.DataFrame, list[Fault]]] = {}
        self._forms: dict[str, CensusForm] = {}

    def checked(self, file: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
        """The table in `file`, declared as `table`, and every fault of it."""
        if file not in self._found:
            frame, faults = check_csv(self.root, file, table)
            if not faults and any(correction.file == file for correction in self.corrections):
                raw = frame
                frame, faults = apply_corrections(raw, file, self.corrections)
                faults = faults or corrected_faults(frame, raw, table, file, self.corrections)
            self._found[file] = frame, faults
        return self._found[file]

    def form(self, region: Region) -> CensusForm:
        """What the census file of a region holds: as its YAML says, else as it looks."""
        if region.level != "city":
            return "full"
        if region.id not in self._forms:
            self._forms[region.id] = region.census_form or form_found(self.root, region.census) or "full"
        return self._forms[region.id]

    def declared(self, region: Region) -> Table:
        """What the census file of a region is declared as."""
        return CITY_TABLES[self.form(region)] if region.level == "city" else CENSUS_PROVINCE

    def form_faults(self, region: Region) -> list[Fault]:
        """One fault where the census file of a city is of another form than its YAML says."""
        found = form_found(self.root, region.census)
        if found is None or region.census_form is None or found == region.census_form:
            return []
        expected = f"{_FORMS[region.census_form]}, or census_form: {found} in {REGION_FILE.format(region.id)}"
        return [Fault(region.census, "", _FORMS[found], expected)]

    def table(self, file: str) -> pd.DataFrame:
        """The shared raw table in `file` (a key of RAW_FILES). Raises InputError with every fault of the file."""
        frame, faults = self.checked(file, RAW_FILES[file])
        raise_if_any(faults)
        return frame

    def census(self, regions: Iterable[Region]) -> pd.DataFrame:
        """Census tables of the regions as one long table: region, year, sex, age, population, deaths, source.

        Persons on 1 November; deaths (Int64, blank for cities) of the twelve months before. Provinces and the nation
        have ages to 100+ in 2000, 2010 and 2020, cities to 85+ in 2010 and 2020. Cities that are known by margins
        alone have no rows. Rows are in the order of the regions given, then of the files. Raises InputError with the
        faults of all files.
        """
        frames = [pd.DataFrame(columns=["region", *CENSUS_CITY.names])]
        faults: list[Fault] = []
        for region in regions:
            if self.form(region) == "margins":
                continue
            found, more = self.checked(region.census, self.declared(region))
            faults += more
            if not more:
                frame = found.astype({"deaths": "Int64"})
                frame.insert(0, "region", region.id)
                frames.append(frame)
        raise_if_any(faults)
        return pd.concat(frames[1:] or frames, ignore_index=True)

    def margins(self, regions: Mapping[str, Region], cities: Iterable[str]) -> dict[tuple[str, int], Margins]:
        """Margins by city and census year of those of the `cities` whose file holds no table by age.

        `regions` must hold the cities and their provinces, whose tables the margins are held against. Every city has
        the census of 2020. Raises InputError with the faults of all files.
        """
        margins, faults = self.checked_margins(regions, cities)
        raise_if_any(faults)
        return margins

    def checked_margins(
        self, regions: Mapping[str, Region], cities: Iterable[str]
    ) -> tuple[dict[tuple[str, int], Margins], list[Fault]]:
        """As `margins`, and the faults; raises InputError with those of the provinces' tables."""
        chosen = [regions[city] for city in cities if self.form(regions[city]) == "margins"]
        if not chosen:
            return {}, []
        parents = dict.fromkeys(str(region.parent) for region in chosen)
        provinces = self.census(regions[parent] for parent in parents)
        margins: dict[tuple[str, int], Margins] = {}
        faults: list[Fault] = []
        for region in chosen:
            frame, found = self.checked(region.census, CENSUS_MARGINS)
            if not found and CENSUS_YEAR not in set(frame["year"]):
                found = [Fault(region.census, "column year", f"no {CENSUS_YEAR}", f"the census of {CENSUS_YEAR}")]
            faults += found
            if found:
                continue
            province = fold_open_age(provinces[provinces["region"] == region.parent])
            for year, published in margins_by_year(frame).items():
                margins[region.id, year] = published
                wide = province[province["year"] == year].pivot(index="sex", columns="age", values="population")
                table = wide.loc[list(SEXES), list(AGES_85)].to_numpy(dtype=float)
                faults += margin_faults(published, table, (f"{region.id} {year}", str(region.parent)), region.census)
        return margins, faults


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
    """The shared raw table in `file` (a key of RAW_FILES), typed and corrected.

    Raises InputError with every fault of the file, and KeyError where `file` is no raw table.
    """
    return RawTables(root, corrections).table(file)


def check_tables(
    raw: RawTables, regions: Mapping[str, Region], sources: Collection[str] | None
) -> tuple[list[Fault], list[Doubt]]:
    """Every fault of the raw data, and, where there is none, what is probably a slip.

    Each table is checked by itself, then, where all could be read, against one another. Without `sources` each is
    checked by itself alone: what regions and sources there are is not known.
    """
    declared = {**RAW_FILES, **{region.census: raw.declared(region) for region in regions.values()}}
    cities = {region.census: region for region in regions.values() if region.level == "city"}
    faults = misplaced(raw.corrections, declared) if sources is not None else []
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
        return faults, []
    margins, faults = raw.checked_margins(regions, regions)
    shared = {file.removeprefix("data/raw/").removesuffix(".csv"): raw.table(file) for file in RAW_FILES}
    tables = AllTables(shared, raw.census(regions.values()), margin_rows(margins), regions)
    faults += [fault for check in CHECKS for fault in check(tables)]
    if faults:
        return faults, []
    sound = {file: (raw.checked(file, table)[0], table) for file, table in declared.items()}
    doubts = [doubt for file, (frame, table) in sound.items() for doubt in plausible.jumps(frame, table, file)]
    return faults, doubts + plausible.regions_alike(shared["care_figures"], raw_file("care_figures"))

"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.errors import Doubt, Fault, InputError, raise_if_any
from pipeline.models.margins import Margins, margin_faults, partition
from pipeline.tables import plausible, reconcile
from pipeline.tables.corrections import Correction, apply_corrections, misplaced
from pipeline.tables.files import read_text
from pipeline.tables.raw import AGES_85, CENSUS_CITY, CENSUS_MARGINS, CENSUS_PROVINCE, RAW_FILES
from pipeline.tables.read import CSV_LIMIT, check_csv
from pipeline.tables.schemas import SEXES, Table

if TYPE_CHECKING:
    from pipeline.sources.catalogue import Region

LAST_CENSUS = 2020

SURVEY_REGIONS = ("southwest_china",)
"""Regions of published figures that are no region of the project."""


def load_table(root: Path, file: str, corrections: Sequence[Correction] = ()) -> pd.DataFrame:
    """The shared raw table in `file` (a key of RAW_FILES), typed and corrected.

    Raises InputError with every fault of the file, and KeyError where `file` is no raw table.
    """
    frame, faults = _load(root, file, RAW_FILES[file], corrections)
    raise_if_any(faults)
    return frame


def load_census(root: Path, regions: Iterable[Region], corrections: Sequence[Correction] = ()) -> pd.DataFrame:
    """Census tables of the regions as one long table: region, year, sex, age, population, deaths, source.

    Persons on 1 November; deaths (Int64, blank for cities) of the twelve months before. Provinces and the nation
    have ages to 100+ in 2000, 2010 and 2020, cities to 85+ in 2010 and 2020. Cities that are known by margins alone
    (see `load_margins`) have no rows. Rows are in the order of the regions given, then of the files. Raises
    InputError with the faults of all files.
    """
    census, faults = _load_census(root, regions, corrections)
    raise_if_any(faults)
    return census


def load_margins(
    root: Path, regions: Mapping[str, Region], cities: Iterable[str], corrections: Sequence[Correction] = ()
) -> dict[tuple[str, int], Margins]:
    """Margins by city and census year of those of the `cities` whose file holds no table by age.

    `regions` must hold the cities and their provinces, whose tables the margins are held against. Every city has
    the census of 2020. Raises InputError with the faults of all files.
    """
    chosen = [regions[city] for city in cities if has_margins(root, regions[city])]
    parents = dict.fromkeys(str(region.parent) for region in chosen)
    provinces, faults = _load_census(root, [regions[parent] for parent in parents], corrections)
    raise_if_any(faults)
    margins, _, faults = _load_margins(root, chosen, provinces, corrections)
    raise_if_any(faults)
    return margins


def has_margins(root: Path, region: Region) -> bool:
    """Whether a city's census file gives margins only: it then has rows of the age `total`.

    False for a file that cannot be read: what is wrong with it is named when it is read as a table by age.
    """
    if region.level != "city":
        return False
    try:
        rows = csv.DictReader(io.StringIO(read_text(root, region.census, CSV_LIMIT), newline=""), strict=True)
        return any(row.get("age") == "total" for row in rows)
    except (InputError, csv.Error):
        return False


def margin_rows(margins: Mapping[tuple[str, int], Margins]) -> pd.DataFrame:
    """Margins as rows that follow one another in age: region, year, sex (both), age, population."""
    return pd.DataFrame(
        [
            (city, year, "both", band, people)
            for (city, year), said in margins.items()
            for band, people in partition(said.bands).items()
        ],
        columns=["region", "year", "sex", "age", "population"],
    )


def check_raw(
    root: Path, regions: Mapping[str, Region], sources: Iterable[str], corrections: Sequence[Correction]
) -> list[Fault]:
    """Every fault of the raw data: each table by itself, then, where all could be read, against one another."""
    return check_tables(root, regions, sources, corrections)[0]


def check_tables(
    root: Path, regions: Mapping[str, Region], sources: Iterable[str], corrections: Sequence[Correction]
) -> tuple[list[Fault], list[Doubt]]:
    """As `check_raw`, and, where there is no fault, what is probably a slip."""
    known_sources = set(sources)
    census, faults = _load_census(root, regions.values(), corrections)
    by_margins = [region for region in regions.values() if has_margins(root, region)]
    margins, bulletins, found = _load_margins(root, by_margins, census, corrections)
    faults += found
    tables = {}
    for file, table in RAW_FILES.items():
        tables[file], found = _load(root, file, table, corrections)
        faults += found
    faults += misplaced(corrections, [*RAW_FILES, *(region.census for region in regions.values())])
    if faults:
        return faults, []
    for file, frame in tables.items():
        faults += reconcile.sources_known(frame, known_sources, file)
        if "region" in frame:
            faults += reconcile.regions_known(frame, {*regions, *SURVEY_REGIONS}, file)
    for region in regions.values():
        rows = bulletins.get(region.id, census[census["region"] == region.id].reset_index(drop=True))
        faults += reconcile.sources_known(rows, known_sources, region.census)
    provinces = [region.id for region in regions.values() if region.level == "province"]
    cities = {region.id: region.parent for region in regions.values() if region.level == "city" and region.parent}
    files = {region.id: region.census for region in regions.values()}
    codes = {region.id: region.gb_code for region in regions.values()}
    raw = "data/raw/"

    def shared(name: str) -> tuple[pd.DataFrame, str]:
        return tables[raw + name], raw + name

    totals, totals_file = shared("census_totals.csv")
    single, single_file = shared("census_single_age.csv")
    prefectures, prefectures_file = shared("prefectures.csv")
    mx, mx_file = shared("wpp2024/mx.csv")
    faults += reconcile.provinces_sum_to_nation(census, provinces, files["china"])
    faults += reconcile.cities_within_provinces(census, cities, files)
    counted = pd.concat([census, margin_rows(margins)]) if margins else census
    faults += reconcile.census_totals_agree(counted, totals, totals_file)
    faults += reconcile.single_ages_agree(single, census, single_file)
    faults += reconcile.prefectures_agree(prefectures, census, codes, prefectures_file)
    faults += reconcile.births_sum_to_nation(*shared("births.csv"))
    faults += reconcile.asfr_shares_sum_to_100(*shared("wpp2024/asfr_shares.csv"))
    older, older_file = shared("wpp2012.csv")
    faults += reconcile.asfr_shares_sum_to_100(older[older["quantity"] == "asfr_share"], older_file)
    migrants, _ = shared("wpp2024/net_migration.csv")
    faults += reconcile.migration_adds_up(migrants, *shared("wpp2024/net_migration_period.csv"))
    expectancy, expectancy_file = shared("wpp2024/life_expectancy.csv")
    faults += reconcile.both_between_sexes(expectancy, ["year"], expectancy_file)
    faults += reconcile.severities_add_up(*shared("severity.csv"))
    faults += reconcile.settings_add_up(*shared("care_settings.csv"))
    faults += reconcile.staffing_complete(*shared("staffing.csv"))
    faults += reconcile.both_sexes_agree(*shared("wpp2024/population.csv"))
    faults += reconcile.both_between_sexes(mx, ["period", "age"], mx_file)
    faults += reconcile.figures_agree(*shared("care_figures.csv"))
    doubts = plausible.regions_alike(*shared("care_figures.csv"))
    for file, table in RAW_FILES.items():
        doubts += plausible.jumps(tables[file], table, file)
    for region in regions.values():
        rows = census[census["region"] == region.id].reset_index(drop=True)
        doubts += plausible.jumps(rows, CENSUS_PROVINCE, region.census)
    return faults, [] if faults else doubts


def _load(root: Path, file: str, table: Table, corrections: Sequence[Correction]) -> tuple[pd.DataFrame, list[Fault]]:
    frame, faults = check_csv(root, file, table)
    if faults:
        return frame, faults
    return apply_corrections(frame, file, corrections)


def _load_census(
    root: Path, regions: Iterable[Region], corrections: Sequence[Correction]
) -> tuple[pd.DataFrame, list[Fault]]:
    frames = [pd.DataFrame(columns=["region", *CENSUS_CITY.names])]
    faults: list[Fault] = []
    for region in regions:
        if has_margins(root, region):
            continue
        table = CENSUS_CITY if region.level == "city" else CENSUS_PROVINCE
        frame, found = _load(root, region.census, table, corrections)
        frame.insert(0, "region", region.id)
        frames.append(frame.astype({"deaths": "Int64"}) if not found else frame)
        faults += found
    return pd.concat(frames[1:] or frames, ignore_index=True), faults


def _load_margins(
    root: Path, cities: Iterable[Region], census: pd.DataFrame, corrections: Sequence[Correction]
) -> tuple[dict[tuple[str, int], Margins], dict[str, pd.DataFrame], list[Fault]]:
    """Margins by city and year, the rows by city, and the faults; `census` holds the tables of the provinces."""
    margins, frames = {}, {}
    faults: list[Fault] = []
    for region in cities:
        frame, found = _load(root, region.census, CENSUS_MARGINS, corrections)
        if not found and LAST_CENSUS not in set(frame["year"]):
            found = [Fault(region.census, "column year", f"no {LAST_CENSUS}", f"the census of {LAST_CENSUS}")]
        faults += found
        if found:
            continue
        frames[region.id] = frame
        parent = str(region.parent)
        provincial = (
            reconcile.fold_open_age(census[census["region"] == parent]) if parent in set(census["region"]) else None
        )
        for year in frame["year"].unique().tolist():
            rows = frame[frame["year"] == year]
            cell = {
                (sex, age): float(n) for sex, age, n in zip(rows["sex"], rows["age"], rows["population"], strict=True)
            }
            bands = {age: people for (sex, age), people in cell.items() if sex == "both" and age != "total"}
            said = Margins(cell["both", "total"], cell["male", "total"], cell["female", "total"], bands)
            margins[region.id, year] = said
            if provincial is not None:
                wide = provincial[provincial["year"] == year].pivot(index="sex", columns="age", values="population")
                table = wide.loc[list(SEXES), list(AGES_85)].to_numpy(dtype=float)
                faults += margin_faults(said, table, (f"{region.id} {year}", parent), region.census)
    return margins, frames, faults

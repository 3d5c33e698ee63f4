"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.errors import Doubt, Fault, raise_if_any
from pipeline.tables import plausible, reconcile
from pipeline.tables.corrections import Correction, apply_corrections, corrected_faults, misplaced
from pipeline.tables.raw import CENSUS_CITY, CENSUS_PROVINCE, RAW_FILES
from pipeline.tables.read import check_csv
from pipeline.tables.schemas import Table

if TYPE_CHECKING:
    from pipeline.sources.catalogue import Region

CENSUS = "census/"
"""Stands for the census tables of all regions."""

CARE_FIGURES = "data/raw/care_figures.csv"

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
    have ages to 100+ in 2000, 2010 and 2020, cities to 85+ in 2010 and 2020. Rows are in the order of the regions
    given, then of the files. Raises InputError with the faults of all files.
    """
    census, faults = _load_census(root, regions, corrections)
    raise_if_any(faults)
    return census


def check_raw(
    root: Path, regions: Mapping[str, Region], sources: Iterable[str], corrections: Sequence[Correction]
) -> list[Fault]:
    """Every fault of the raw data: each table by itself, then, where all could be read, against one another."""
    return check_tables(root, regions, sources, corrections)[0]


def check_tables(
    root: Path,
    regions: Mapping[str, Region],
    sources: Iterable[str] | None,
    corrections: Sequence[Correction],
    only: Collection[str] | None = None,
) -> tuple[list[Fault], list[Doubt]]:
    """As `check_raw`, and, where there is no fault, what is probably a slip.

    Without `sources` each table is checked by itself alone: what regions and sources there are is not known. With
    `only`, files that changed since all were sound: they are checked, and whatever they take part in.
    """
    files = {region.id: region.census for region in regions.values()}
    censuses = {
        region.census: CENSUS_CITY if region.level == "city" else CENSUS_PROVINCE for region in regions.values()
    }
    declared = {**RAW_FILES, **censuses}
    changed = [file for file in declared if only is None or file in only]
    faults = misplaced(corrections, declared) if sources is not None else []
    known_sources, known_regions = set(sources or ()), {*regions, *SURVEY_REGIONS}
    tables: dict[str, pd.DataFrame] = {}
    for file in changed:
        tables[file], found = _load(root, file, declared[file], corrections)
        if sources is not None:
            found += reconcile.sources_known(tables[file], known_sources, file)
        if sources is not None and "region" in tables[file]:
            found += reconcile.regions_known(tables[file], known_regions, file)
        faults += found
    if faults or sources is None:
        return faults, []

    @cache
    def census() -> pd.DataFrame:
        return load_census(root, regions.values(), corrections)

    def shared(name: str) -> tuple[pd.DataFrame, str]:
        file = f"data/raw/{name}"
        if file not in tables:
            tables[file] = load_table(root, file, corrections)
        return tables[file], file

    for names, check in _cross_checks(regions, files, census, shared):
        if any(file in censuses if name == CENSUS else file.endswith(name) for name in names for file in changed):
            faults += check()
    if faults:
        return faults, []
    doubts = [doubt for file in changed for doubt in plausible.jumps(tables[file], declared[file], file)]
    if CARE_FIGURES in tables:
        doubts += plausible.regions_alike(tables[CARE_FIGURES], CARE_FIGURES)
    return faults, doubts


def _cross_checks(
    regions: Mapping[str, Region],
    files: Mapping[str, str],
    census: Callable[[], pd.DataFrame],
    shared: Callable[[str], tuple[pd.DataFrame, str]],
) -> Iterator[tuple[tuple[str, ...], Callable[[], list[Fault]]]]:
    """What the tables say of one another: the tables that take part in a check, and the check."""
    provinces = [region.id for region in regions.values() if region.level == "province"]
    cities = {region.id: region.parent for region in regions.values() if region.level == "city" and region.parent}
    codes = {region.id: region.gb_code for region in regions.values()}

    def prefectures() -> list[Fault]:
        table, file = shared("prefectures.csv")
        return reconcile.prefectures_agree(table, census(), codes, file)

    def totals() -> list[Fault]:
        table, file = shared("census_totals.csv")
        return reconcile.census_totals_agree(census(), table, file)

    def single_ages() -> list[Fault]:
        table, file = shared("census_single_age.csv")
        return reconcile.single_ages_agree(table, census(), file)

    def shares_of_2012() -> list[Fault]:
        table, file = shared("wpp2012.csv")
        return reconcile.asfr_shares_sum_to_100(table[table["quantity"] == "asfr_share"], file)

    def migration() -> list[Fault]:
        yearly, _ = shared("wpp2024/net_migration.csv")
        return reconcile.migration_adds_up(yearly, *shared("wpp2024/net_migration_period.csv"))

    def between_sexes(name: str, *key: str) -> list[Fault]:
        table, file = shared(name)
        return reconcile.both_between_sexes(table, key, file)

    def alone(
        check: Callable[[pd.DataFrame, str], list[Fault]], name: str
    ) -> tuple[tuple[str, ...], Callable[[], list[Fault]]]:
        return (name,), lambda: check(*shared(name))

    yield (CENSUS,), lambda: reconcile.provinces_sum_to_nation(census(), provinces, files["china"])
    yield (CENSUS,), lambda: reconcile.cities_within_provinces(census(), cities, files)
    yield (CENSUS, "census_totals.csv"), totals
    yield (CENSUS, "census_single_age.csv"), single_ages
    yield (CENSUS, "prefectures.csv"), prefectures
    yield alone(reconcile.births_sum_to_nation, "births.csv")
    yield alone(reconcile.asfr_shares_sum_to_100, "wpp2024/asfr_shares.csv")
    yield alone(reconcile.both_sexes_agree, "wpp2024/population.csv")
    yield ("wpp2024/mx.csv",), lambda: between_sexes("wpp2024/mx.csv", "period", "age")
    yield ("wpp2024/life_expectancy.csv",), lambda: between_sexes("wpp2024/life_expectancy.csv", "year")
    yield ("wpp2024/net_migration.csv", "wpp2024/net_migration_period.csv"), migration
    yield ("wpp2012.csv",), shares_of_2012
    yield alone(reconcile.figures_agree, "care_figures.csv")
    yield alone(reconcile.severities_add_up, "severity.csv")
    yield alone(reconcile.settings_add_up, "care_settings.csv")
    yield alone(reconcile.staffing_complete, "staffing.csv")


def _load(root: Path, file: str, table: Table, corrections: Sequence[Correction]) -> tuple[pd.DataFrame, list[Fault]]:
    frame, faults = check_csv(root, file, table)
    if faults:
        return frame, faults
    corrected, faults = apply_corrections(frame, file, corrections)
    return corrected, faults or corrected_faults(corrected, frame, table, file, corrections)


def _load_census(
    root: Path, regions: Iterable[Region], corrections: Sequence[Correction]
) -> tuple[pd.DataFrame, list[Fault]]:
    frames = []
    faults: list[Fault] = []
    for region in regions:
        table = CENSUS_CITY if region.level == "city" else CENSUS_PROVINCE
        frame, found = _load(root, region.census, table, corrections)
        frame.insert(0, "region", region.id)
        frames.append(frame.astype({"deaths": "Int64"}) if not found else frame)
        faults += found
    return pd.concat(frames, ignore_index=True), faults

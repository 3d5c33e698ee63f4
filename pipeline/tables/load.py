"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.errors import Fault, raise_if_any
from pipeline.tables import reconcile
from pipeline.tables.corrections import Correction, apply_corrections, misplaced
from pipeline.tables.raw import CENSUS_CITY, CENSUS_PROVINCE, RAW_FILES
from pipeline.tables.read import check_csv
from pipeline.tables.schemas import Table

if TYPE_CHECKING:
    from pipeline.sources.catalogue import Region

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
    known_sources = set(sources)
    census, faults = _load_census(root, regions.values(), corrections)
    tables = {}
    for file, table in RAW_FILES.items():
        tables[file], found = _load(root, file, table, corrections)
        faults += found
    faults += misplaced(corrections, [*RAW_FILES, *(region.census for region in regions.values())])
    if faults:
        return faults
    for file, frame in tables.items():
        faults += reconcile.sources_known(frame, known_sources, file)
        if "region" in frame:
            faults += reconcile.regions_known(frame, {*regions, *SURVEY_REGIONS}, file)
    for region in regions.values():
        rows = census[census["region"] == region.id].reset_index(drop=True)
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
    faults += reconcile.somebody_everywhere(census, files)
    faults += reconcile.provinces_sum_to_nation(census, provinces, files["china"])
    faults += reconcile.cities_within_provinces(census, cities, files)
    faults += reconcile.census_totals_agree(census, totals, totals_file)
    faults += reconcile.single_ages_agree(single, census, single_file)
    faults += reconcile.prefectures_agree(prefectures, census, codes, prefectures_file)
    faults += reconcile.births_sum_to_nation(*shared("births.csv"))
    faults += reconcile.asfr_shares_sum_to_100(*shared("wpp2024/asfr_shares.csv"))
    faults += reconcile.both_sexes_agree(*shared("wpp2024/population.csv"))
    faults += reconcile.both_between_sexes(mx, ["period", "age"], mx_file)
    faults += reconcile.figures_agree(*shared("care_figures.csv"))
    return faults


def _load(root: Path, file: str, table: Table, corrections: Sequence[Correction]) -> tuple[pd.DataFrame, list[Fault]]:
    frame, faults = check_csv(root, file, table)
    if faults:
        return frame, faults
    return apply_corrections(frame, file, corrections)


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

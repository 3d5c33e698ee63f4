"""Stage `write_reports`: every report in both languages, from the result tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
from jinja2 import UndefinedError
from pyarrow import parquet

from pipeline.errors import Fault, InputError
from pipeline.inputs.known import load_catalogue
from pipeline.inputs.store import load_table
from pipeline.model.files import CITY_AGES_FOLDER, RESULTS_FOLDER, SINGLE_AGE_FILE, TABLES_FOLDER, ages_file
from pipeline.report.build import shared_facts
from pipeline.report.facts import MissingResult, Tables
from pipeline.report.fonts import MissingGlyph
from pipeline.report.outline import tables_needed
from pipeline.report.stamp import read_lock, stamp
from pipeline.report.words import MissingMessage
from pipeline.report.workers import Killed, cores, get_ready, reports
from pipeline.results.write import replaced, together
from pipeline.settings import PARAMS_FILE, all_settings
from pipeline.stages.common import run
from pipeline.stages.published import MANIFEST, REPORTS_FOLDER, listed, manifest

REPORT_CODE = Path("pipeline/report")
BY_SCENARIO = ("population", "ages", "gap", "curve")
"""Tables read in full, from the results of every scenario; the others are the published CSV."""

CHOICES = {
    "disability_prevalence": "definition",
    "severity": "profile",
    "dementia": "dementia_source",
    "care_settings": "scheme",
    "staffing": "staffing",
}
"""Raw tables of need, and the column that says which of their choices a row belongs to."""

TEXT_COLUMNS = {"gb_code": str, "age_group": str, "figure_id": str, "figure_ids": str}


def report(root: Path) -> None:
    """Read the catalogue, settings and tables, build every report, write the files.

    Nothing is written unless everything could be built; a key that is missing is named and the exit code is 1. What
    the last run wrote and this one does not, as the report of a plan that is gone, is removed.
    """
    workers = cores()
    get_ready(workers)
    catalogue, settings = load_catalogue(root), all_settings(root)
    cities = settings["central"].cities
    tables = read_tables(root, list(settings), cities)
    own_code = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / REPORT_CODE).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    results = (*map(Path.as_posix, (RESULTS_FOLDER, TABLES_FOLDER, SINGLE_AGE_FILE, CITY_AGES_FOLDER)),)
    made_from = stamp((root / PARAMS_FILE).read_bytes(), read_lock(root), results, own_code)
    try:
        files = reports(shared_facts(catalogue, settings, tables), made_from, workers)
    except (Killed, MissingGlyph, MissingMessage, MissingResult, UndefinedError) as error:
        sys.exit(f"report: {error}")
    files[MANIFEST] = manifest(files)
    with together() as batch:
        for folder in {name.partition("/")[0] for name in {*files, *listed(root)} if "/" in name}:
            batch.owns(root / REPORTS_FOLDER / folder)
        for name, content in files.items():
            with replaced(root / REPORTS_FOLDER / name) as temporary:
                temporary.write_bytes(content)


def read_tables(root: Path, scenarios: Sequence[str], cities: Sequence[str]) -> Tables:
    """The tables that the sections which are switched on read. InputError naming those that are missing."""
    frames, faults = {}, []
    for key in dict.fromkeys((*tables_needed(), "headline", "plan_figures")):
        paths = _paths(key, scenarios, cities)
        missing = [path for path in paths if not (root / path).is_file()]
        if missing:
            faults += [Fault(str(path), "", "no file", f"the table {key}, which a section reads") for path in missing]
            continue
        frames[key] = _read([root / path for path in paths])
    if faults:
        raise InputError(faults)
    frames["care_sources"] = care_sources(root)
    return Tables(frames)


def care_sources(root: Path) -> pd.DataFrame:
    """The sources of each published choice about need: one row a choice and source, in the order of the tables."""
    parts = [
        load_table(root, name)[[column, "source"]].astype(str).set_axis(["choice", "source"], axis=1)
        for name, column in CHOICES.items()
    ]
    return pd.concat(parts, ignore_index=True).drop_duplicates()


def _paths(key: str, scenarios: Sequence[str], cities: Sequence[str]) -> list[Path]:
    if key in BY_SCENARIO:
        chosen = ["central"] if key in ("ages", "curve") else scenarios
        return [RESULTS_FOLDER / scenario / f"{key}.parquet" for scenario in chosen]
    if key == "single_age":
        return [SINGLE_AGE_FILE, *(ages_file(city) for city in cities)]
    return [TABLES_FOLDER / f"{key}.csv"]


def _read(paths: list[Path]) -> pd.DataFrame:
    """The rows of all files. Texts of Parquet files are categories: a million rows of ten texts would take 400 MB."""
    if paths[0].suffix == ".csv":
        return pd.concat([pd.read_csv(path, dtype=TEXT_COLUMNS) for path in paths], ignore_index=True)
    texts = [field.name for field in parquet.read_schema(paths[0]) if pa.types.is_large_string(field.type)]
    tables = [parquet.read_table(path, read_dictionary=texts) for path in paths]
    frame: pd.DataFrame = pa.concat_tables(tables).unify_dictionaries().to_pandas()
    return frame


if __name__ == "__main__":
    run(report)

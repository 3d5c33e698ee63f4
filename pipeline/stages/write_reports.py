"""Stage `write_reports`: every report in both languages, from the published tables; all of them or none."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from jinja2 import UndefinedError

from pipeline.documents.yaml_file import read_yaml
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.store import load_catalogue, load_made
from pipeline.model import result_files
from pipeline.processes import cores, get_ready
from pipeline.report.build import ANNEX, PLANS, reports
from pipeline.report.facts import MissingResult, Tables, shared_facts
from pipeline.report.fonts import MissingGlyph
from pipeline.report.outline import OPTIONAL, TABLES
from pipeline.report.stamp import read_lock, stamp
from pipeline.report.wording import MissingMessage
from pipeline.results.write import replaced
from pipeline.settings import PARAMS_FILE, all_settings
from pipeline.stages.common import run
from pipeline.vocabulary import CENTRAL

REPORT_CODE = Path("pipeline/report")
REPORTS_FOLDER = Path("reports")
TEXT_COLUMNS = dict.fromkeys(
    ("gb_code", "code", "part", "date", "stock_date", "age_group", "figure_id", "figure_ids", "period"), str
)


def write_reports(root: Path) -> None:
    workers = cores()
    get_ready(workers, ["pipeline.report.build"])
    catalogue, settings = load_catalogue(root), all_settings(root)
    tables = read_tables(root, settings[CENTRAL].cities)
    own_code = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / REPORT_CODE).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    folders = (result_files.PROJECTIONS_FOLDER, result_files.RESULTS_FOLDER, result_files.TABLES_FOLDER)
    results = (*folders, result_files.SINGLE_AGE_FILE, result_files.CITY_AGES_FOLDER)
    made_from = stamp(read_yaml(root, PARAMS_FILE).data, read_lock(root), tuple(map(str, results)), own_code)
    try:
        files = reports(shared_facts(catalogue, settings, tables, load_made(root)), made_from, workers)
    except (MissingGlyph, MissingMessage, MissingResult, UndefinedError) as error:
        sys.exit(f"report: {error}")
    for name, content in files.items():
        with replaced(root / REPORTS_FOLDER / name) as temporary:
            temporary.write_bytes(content)


def read_tables(root: Path, cities: Sequence[str]) -> Tables:
    """The tables that the sections read. InputError naming those that are missing and may not be."""
    elsewhere = {
        "ages": [result_files.PROJECTIONS_FOLDER / CENTRAL / "ages.parquet"],
        "sample": [result_files.SAMPLE_FILE],
        "single_age": [result_files.SINGLE_AGE_FILE, *map(result_files.ages_file, cities)],
    }
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for key in (*TABLES, *OPTIONAL):
        paths = elsewhere.get(key, [result_files.TABLES_FOLDER / f"{key}.csv"])
        missing = [path for path in paths if not (root / path).is_file()]
        if not missing:
            frames[key] = pd.concat([_read(root / path) for path in paths], ignore_index=True)
        elif key not in OPTIONAL:
            faults += [Fault(str(path), "", "no file", f"the table {key}, which a section reads") for path in missing]
    raise_if_any(faults)
    return Tables(frames)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=TEXT_COLUMNS)


if __name__ == "__main__":
    run(write_reports, owns=[REPORTS_FOLDER / folder for folder in (PLANS, ANNEX)])

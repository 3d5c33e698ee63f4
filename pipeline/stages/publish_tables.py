"""Stage `publish_tables`: what reviewers read as tables, from the results of every scenario."""

from pathlib import Path

import pandas as pd

from pipeline.inputs.store import load_planned
from pipeline.model.areas import PROVINCES_FILE
from pipeline.model.plans import load_national, load_observations, plans_in_order
from pipeline.model.result_files import PROJECTIONS_FOLDER, PROVINCES_NEED, RESULTS_FOLDER
from pipeline.results.tables import TABLES
from pipeline.results.view import ViewChoices, seen, years_of
from pipeline.settings import all_settings
from pipeline.shortfall.rows import norm_rows, supply_rows
from pipeline.stages.common import publish, run
from pipeline.vocabulary import CENTRAL


def publish_tables(root: Path) -> None:
    catalogue, settings = load_planned(root), all_settings(root)
    planned, last = plans_in_order(catalogue), settings[CENTRAL].last_year
    years = {name: years_of(plans, catalogue.indicators, last) for name, plans in planned.items()}
    choices = ViewChoices(settings, years)
    for table in ("population", "gap", "verdict", "need"):
        rows = seen(results(root, table, list(settings)), table, "CSV", choices)
        publish(root, rows, table, settings[CENTRAL].draws if table == "population" else None)
        if table == "verdict":
            central = rows[rows["scenario"] == CENTRAL].sort_values("target_year", kind="stable")
            last_targets = central.drop_duplicates(["plan", "resource"], keep="last").drop(columns="scenario")
            publish(root, last_targets, "headline")
    observed = load_observations(root, catalogue)
    publish(root, supply_rows(observed, catalogue, int(settings[CENTRAL].as_of[:4])), "supply")
    national = load_national(root, catalogue, observed, settings[CENTRAL])
    publish(root, norm_rows(national, catalogue.indicators), "norms")


def results(root: Path, table: str, scenarios: list[str]) -> pd.DataFrame:
    """A table of all scenarios, and what there is of the provinces where these do not have it."""
    folder = PROJECTIONS_FOLDER if table == "population" else RESULTS_FOLDER
    provinces = {"population": [PROVINCES_FILE], "need": [PROVINCES_NEED]}.get(table, [])
    files = [*(folder / scenario / f"{table}.parquet" for scenario in scenarios), *provinces]
    rows = pd.concat([pd.read_parquet(root / file) for file in files], ignore_index=True)
    return rows.drop_duplicates(list(TABLES[table].key)) if provinces else rows


if __name__ == "__main__":
    run(publish_tables)

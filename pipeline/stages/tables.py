"""Stage `tables`: every input checked, by itself and against the others; the plans' figures as one table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.errors import raise_if_any
from pipeline.settings import load_settings
from pipeline.sources.catalogue import Catalogue
from pipeline.sources.load import check_catalogue
from pipeline.stages.common import TABLES_FOLDER, city_list_faults, run
from pipeline.tables.load import check_raw
from pipeline.tables.results import PLAN_FIGURES
from pipeline.tables.write import write_csv


def tables(root: Path) -> None:
    """Check parameters, YAML files and raw tables, all faults at once; then write the plans' figures."""
    settings = load_settings(root)
    catalogue, faults = check_catalogue(root)
    faults += city_list_faults(settings.cities, catalogue.regions)
    faults += check_raw(root, catalogue.regions, catalogue.sources, catalogue.corrections)
    raise_if_any(faults)
    write_csv(plan_figures(catalogue), root / TABLES_FOLDER / "plan_figures.csv", PLAN_FIGURES)


def plan_figures(catalogue: Catalogue) -> pd.DataFrame:
    """One row a figure of any plan."""
    rows = [
        {
            "plan": plan.id,
            "region": plan.region,
            "figure_id": figure.id,
            "indicator": figure.indicator,
            "kind": figure.kind,
            "year": figure.year,
            "value": figure.value,
            "unit": figure.unit,
            "comparator": figure.comparator,
            "basis": figure.basis,
            "section": figure.section,
            "note": figure.note or None,
        }
        for plan in catalogue.plans.values()
        for figure in plan.figures
    ]
    return pd.DataFrame(rows).astype({"year": "Int64", "value": float})


if __name__ == "__main__":
    run(tables)

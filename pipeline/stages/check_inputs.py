"""Stage `tables`: every input checked, by itself and against the others; the plans' figures as one table."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from pipeline.domain import Catalogue
from pipeline.errors import raise_if_any
from pipeline.inputs.check import check_inputs
from pipeline.model.files import TABLES_FOLDER
from pipeline.results.tables.plans import PLAN_FIGURES
from pipeline.results.write import write_csv
from pipeline.stages.common import run


def tables(root: Path) -> None:
    """Check every input, all faults at once; name what is probably a slip; then write the plans' figures."""
    inputs = check_inputs(root)
    raise_if_any(inputs.faults)
    for doubt in inputs.doubts:
        print(doubt, file=sys.stderr)
    write_csv(plan_figures(inputs.catalogue), root / TABLES_FOLDER / "plan_figures.csv", PLAN_FIGURES)


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

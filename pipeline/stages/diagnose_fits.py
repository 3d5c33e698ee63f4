"""Stage `diagnose_fits`: whether every fit keeps to the limits; the run stops where one does not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.errors import raise_if_any
from pipeline.model.files import TABLES_FOLDER
from pipeline.model.fits import AREAS_FILE, MARGINS_FILE, load_diagnostics
from pipeline.models.sampling import Limits, faults
from pipeline.results.tables.checks import DIAGNOSTICS
from pipeline.results.write import write_csv
from pipeline.settings import load_settings
from pipeline.stages.common import run

FITS = {"provinces": AREAS_FILE, "margins": MARGINS_FILE}


def diagnose(root: Path) -> None:
    """Read what was measured of the fits, write the worst of each measure; stop at a fit that is beyond a limit."""
    limits = Limits()
    rows, found = [], []
    for name, file in FITS.items():
        measured = load_diagnostics(root, file)
        found += faults(measured, limits, str(file))
        for measure, part in measured.groupby("measure"):
            most = measure in ("r_hat", "divergences")
            value, limit = (
                float(part["value"].max() if most else part["value"].min()),
                float(getattr(limits, str(measure))),
            )
            passed = value <= limit if most else value >= limit
            rows.append({"model": name, "quantity": measure, "value": value, "limit": limit, "passed": passed})
    if not load_settings(root).sampler.accept_bad_fit:
        raise_if_any(found)
    write_csv(pd.DataFrame(rows), root / TABLES_FOLDER / "diagnostics.csv", DIAGNOSTICS)


if __name__ == "__main__":
    run(diagnose)

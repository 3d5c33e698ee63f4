"""Time of need for five regions × 4,000 draws × 16 years × all definitions, over that of importing PyMC.

Both are measured in this one run, the import in fresh processes; the medians of three are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

from pipeline.care import disability, tables, transition
from pipeline.care.need import BedUse, need

RAW = Path(__file__).parents[1] / "data" / "raw"
REGIONS, DRAWS, YEARS, REPEATS = 5, 4_000, range(2020, 2036), 3


def main() -> None:
    """Print both times and their ratio."""
    rng = np.random.default_rng(0)
    definitions = tables.definitions(pd.read_csv(RAW / "disability_prevalence.csv"))
    trend = tables.trends(pd.read_csv(RAW / "disability_prevalence.csv"))["falling"]
    severity = tables.severity_profiles(pd.read_csv(RAW / "severity.csv"))["barthel_southwest"]
    dementia = tables.dementia_sources(pd.read_csv(RAW / "dementia.csv"))["jia_2020"]
    settings = tables.setting_schemes(pd.read_csv(RAW / "care_settings.csv"))["plan_9073"]
    staffing = tables.staffing_tables(pd.read_csv(RAW / "staffing.csv"))["by_severity"]
    intensities = transition.from_age(tables.intensities(pd.read_csv(RAW / "disability_transitions.csv")))
    hazard = np.broadcast_to(0.01 * np.exp(0.1 * np.arange(51.0)), (2, 51))
    bed_use = BedUse(target_occupancy=0.85, dementia_in_institution=0.1)
    structure = 1e7 * np.exp(-0.5 * np.arange(9.0)) * np.ones((2, 1))
    old = [structure / 50 * rng.lognormal(0.0, 0.1, (DRAWS, len(YEARS), 2, 9)) for _ in range(REGIONS)]
    normals = rng.standard_normal((len(definitions) + 2, DRAWS))

    def run() -> float:
        begun = time.perf_counter()
        share = transition.disabled_share(intensities, transition.START_SHARE, hazard)
        gradient, group_share = transition.age_gradient(share, hazard), transition.by_group(share, hazard)
        dementia_share = dementia.by_age(structure, normals[-1])
        with_dementia = [disability.people_affected(people, dementia_share) for people in old]
        for definition, normal in zip(definitions.values(), normals, strict=False):
            log_odds = disability.log_odds_by_age(definition, gradient, group_share, structure, normal)
            shares = disability.shares_by_year(log_odds, trend, YEARS, definition.year)
            severe = severity.of_disabled(definition.prevalence or 0.06, normals[-2])
            for people, cases in zip(old, with_dementia, strict=True):
                affected = disability.people_affected(people, shares)
                need(people, affected, severe, cases, settings, staffing, bed_use)
        return time.perf_counter() - begun

    def importing() -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import pymc"], check=True)
        return time.perf_counter() - begun

    needed = statistics.median(run() for _ in range(REPEATS))
    imported = statistics.median(importing() for _ in range(REPEATS))
    size = f"{REGIONS} regions, {DRAWS} draws, {len(YEARS)} years, {len(definitions)} definitions"
    print(f"need ({size}): {needed:.2f} s; import pymc: {imported:.2f} s; ratio {needed / imported:.2f}")


if __name__ == "__main__":
    main()

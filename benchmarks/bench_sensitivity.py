"""Time of supply, verdicts and sensitivity, over that of importing PyMC in the same run. See README.md."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from pipeline.care.flow import (
    Attrition,
    PastTrend,
    ShareInterval,
    StaffRates,
    needed_per_year,
    staff_flow,
    staff_paths,
    trend_path,
)
from pipeline.shortfall.sensitivity import UncertainInput, sensitivity
from pipeline.shortfall.verdict import verdict

DRAWS, YEARS, DEFINITIONS, RESOURCES, REGIONS, REPEATS = 4_000, range(2020, 2036), 6, 5, 5, 3
STEPS = len(YEARS) - 1
SHARES = [UncertainInput(name, 0.1, 0.4, "share") for name in ("leave", "re_enter", "retire", "new", "taking_up")]
FACTORS = [UncertainInput(f"factor_{k}", 0.8, 1.25, "lognormal") for k in range(7)]


def seconds(work: Callable[[], object]) -> float:
    """Median wall time of `work`."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def supply_and_gap() -> None:
    """Three supply paths for each region and resource, a verdict on each under every definition."""
    rng = np.random.default_rng(0)
    attrition = Attrition(*(ShareInterval(name, 0.1, 0.4) for name in ("leave", "re_enter", "retire")))
    trend = PastTrend(-0.01, 0.01, 0.02)
    required = [1200.0 * rng.lognormal(0.0, 0.2, (DRAWS, len(YEARS))) for _ in range(DEFINITIONS)]
    for _ in range(REGIONS * RESOURCES):
        start, rates = 1000.0 * rng.lognormal(0.0, 0.1, DRAWS), attrition.draws(rng.standard_normal((3, DRAWS)))
        past = trend_path(start, trend, STEPS, rng.standard_normal(DRAWS), rng.standard_normal((DRAWS, STEPS)))
        for flow in staff_paths(start, YEARS[0], STEPS, rates, past, [(2025, 1500.0)]).values():
            for asked in required:
                verdict(asked, flow.stock_in(YEARS), YEARS)
        for asked in required:
            needed_per_year(asked, start, YEARS[0], rates.kept, YEARS)


def gap_2035(samples: np.ndarray) -> np.ndarray:
    """A gap in caregivers: seven factors of need, staff from attrition and training."""
    leave, re_enter, retire, new, taking_up = samples[:, :5].T
    entrants = np.repeat((500.0 * new * taking_up)[:, None], STEPS, axis=1)
    staff = staff_flow(np.full(len(samples), 1000.0), 2020, entrants, StaffRates(leave, re_enter, retire))
    return np.asarray(1500.0 * samples[:, 5:].prod(axis=1) - staff.stock[:, -1])


def main() -> None:
    """Print the times and their ratios."""
    inputs = [*SHARES, *FACTORS]
    sensitivity(gap_2035, inputs, seed=1, base_samples=2)  # SALib is imported here, outside the clock
    imported = seconds(lambda: subprocess.run([sys.executable, "-c", "import pymc"], check=True))
    gaps, ranked = seconds(supply_and_gap), seconds(lambda: sensitivity(gap_2035, inputs, seed=1))
    size = f"{REGIONS} regions × {RESOURCES} resources × {DEFINITIONS} definitions × 3 paths, {DRAWS} draws"
    print(f"import pymc: {imported:.2f} s")
    print(f"supply and gap ({size}): {gaps:.2f} s, ratio {gaps / imported:.2f}")
    rows = 1024 * (len(inputs) + 2)
    print(f"sensitivity ({len(inputs)} inputs, {rows} rows): {ranked:.2f} s, ratio {ranked / imported:.2f}")


if __name__ == "__main__":
    main()

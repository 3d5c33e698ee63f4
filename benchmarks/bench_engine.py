"""How long the engine takes, against writing as many float64 once; and the memory it holds. See README.md."""

import statistics
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from array_engine import area_rates, project, project_arrays, scenario

from pipeline.axes import REPORT_GROUPS
from pipeline.demography.area import AreaDraws, Nation, project_area
from pipeline.demography.vital_rates import single_age_asfr

DRAWS, YEARS, SEXES, AGES = 10_000, 30, 2, 101
PART = 2_000
"""Draws of a region at a time: what is projected, and the rates of the array form, stay small."""

REPETITIONS = 5
SCENARIO = scenario(taper_years=40.0)


def nation() -> Nation:
    """A life table by Gompertz, one child per woman between 20 and 35."""
    hazard = np.minimum(0.0004 * np.exp(0.085 * np.arange(130)), 0.9)
    lx = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)]))
    shares = np.tile([0.0, 30.0, 40.0, 30.0, 0.0, 0.0, 0.0], (YEARS, 1))
    return Nation(np.tile(lx, (YEARS, SEXES, 1)), single_age_asfr(shares), np.full(YEARS, 1.1))


def area(draws: int) -> AreaDraws:
    """Everything differs by draw and, but for consistency, by year."""
    rng = np.random.default_rng(1)
    return AreaDraws(
        rng.uniform(9e3, 1.1e4, (draws, SEXES, AGES)),
        rng.normal(0.0, 0.2, (draws, YEARS, SEXES)),
        rng.normal(0.0, 0.1, (draws, 1, SEXES, 16)),
        rng.normal(0.0, 0.1, (draws, YEARS, SEXES, 16)),
        rng.uniform(1.0, 1.5, (draws, YEARS)),
    )


def write_once() -> None:
    """Write as many numbers as the projection has, in an array of its own."""
    np.empty((DRAWS, YEARS, SEXES, AGES)).fill(1.0)


def in_parts(work: Callable[[AreaDraws], object]) -> Callable[[], None]:
    """`work` on all draws, a part at a time."""
    draws = area(PART)

    def whole() -> None:
        for _ in range(0, DRAWS, PART):
            work(draws)

    return whole


def cases() -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    path = nation()
    rates = area_rates(area(PART), path, SCENARIO)
    return {
        "single ages, from levels": in_parts(lambda some: project_area(some, path, SCENARIO, threads=1)),
        "the same on two threads": in_parts(lambda some: project_area(some, path, SCENARIO, threads=2)),
        "sums over groups, from levels": in_parts(
            lambda some: project_area(some, path, SCENARIO, REPORT_GROUPS, threads=1)
        ),
        "single ages and flows, from rates made before": in_parts(lambda some: project(some.base, rates)),
        "arrays, from rates made before": in_parts(lambda some: project_arrays(some.base, rates, 1, "even")),
        "arrays, from levels": in_parts(
            lambda some: project_arrays(some.base, area_rates(some, path, SCENARIO), 1, "even")
        ),
    }


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock."""
    begun, clock = process_time(), perf_counter()
    work()
    return process_time() - begun, perf_counter() - clock


def peak(work: Callable[[], object]) -> float:
    """Highest memory in MB that `work` holds beyond what was there before."""
    tracemalloc.start()
    work()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest / 1e6


def main() -> None:
    """Print seconds, the ratio to the writing in each round, and memory."""
    works = cases()
    for work in works.values():
        work()  # compiled, or taken from numba's cache, outside the clock
    floors: list[float] = []
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(REPETITIONS):
        # The very first writing waits for the machine to find the memory, up to twenty times as long: left out.
        write_once()
        floors.append(spent(write_once)[0])
        for name, work in works.items():
            times[name].append(spent(work))
    size = DRAWS * YEARS * SEXES * AGES * 8 / 1e6
    print(f"{DRAWS:,} draws × {YEARS} years × {SEXES} sexes × {AGES} ages, least and median of {REPETITIONS} runs")
    print(f"write {size:.0f} MB once: {min(floors):.3f} {statistics.median(floors):.3f} s\n")
    print(f"{'':<46} {'CPU s':>12} {'wall s':>12} {'CPU, times the writing':>24} {'MB':>6}")
    for name, found in times.items():
        columns = [[cpu for cpu, _ in found], [wall for _, wall in found]]
        cells = [f"{min(column):.2f} {statistics.median(column):.2f}" for column in columns]
        ratios = (min(columns[0]) / min(floors), statistics.median(columns[0]) / statistics.median(floors))
        cells.append(f"{ratios[0]:.1f} {ratios[1]:.1f}")
        print(f"{name:<46} {cells[0]:>12} {cells[1]:>12} {cells[2]:>24} {peak(works[name]):>6.0f}")


if __name__ == "__main__":
    main()

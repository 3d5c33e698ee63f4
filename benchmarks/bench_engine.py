"""How long the engine takes, against writing as many float64 once; and the memory it holds. See README.md."""

from __future__ import annotations

import statistics
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.axes import Array
from pipeline.demography.engine import DRAWS_PER_CHUNK, Rates, project, project_in_chunks

DRAWS, YEARS, SEXES, AGES = 10_000, 30, 2, 101
REPETITIONS = 5
LIMIT = 10.0
FERTILE = slice(15, 50)


def broadcast_rates(draws: int) -> Rates:
    """Rates as a scenario has them: mortality and fertility of each year, a level of its own for each draw."""
    rng = np.random.default_rng(1)
    asfr = np.zeros((1, YEARS, AGES))
    asfr[..., FERTILE] = 0.04
    by_draw = (draws, 1, SEXES, AGES)
    return Rates(
        np.full((1, YEARS, SEXES, AGES), 0.98),
        asfr,
        np.full((1, YEARS), 1.1),
        migration_ratio=rng.uniform(0.99, 1.01, by_draw),
        consistency=rng.uniform(0.99, 1.01, by_draw),
    )


def full_rates(rng: np.random.Generator, draws: int) -> Rates:
    """Rates of which every one differs by draw and year."""
    full = (draws, YEARS, SEXES, AGES)
    asfr = np.zeros((draws, YEARS, AGES))
    asfr[..., FERTILE] = rng.uniform(0.03, 0.05, (draws, YEARS, 35))
    return Rates(
        rng.uniform(0.97, 0.99, full),
        asfr,
        rng.uniform(1.05, 1.15, (draws, YEARS)),
        migration_ratio=rng.uniform(0.99, 1.01, full),
        consistency=rng.uniform(0.99, 1.01, full),
    )


def base_population() -> Array:
    return np.full((1, SEXES, AGES), 1e4)


def write_once() -> float:
    """Seconds to write as many numbers as the projection has, in an array of its own."""
    start = process_time()
    np.empty((DRAWS, YEARS, SEXES, AGES)).fill(1.0)
    return process_time() - start


def engine_broadcast(rates: Rates) -> float:
    start = process_time()
    for _ in project_in_chunks(base_population(), rates):
        pass
    return process_time() - start


def engine_full(draws: int = DRAWS) -> float:
    """Rates are made chunk by chunk, outside the clock: only the projection counts."""
    rng = np.random.default_rng(2)
    spent = 0.0
    for first in range(0, draws, DRAWS_PER_CHUNK):
        rates = full_rates(rng, min(DRAWS_PER_CHUNK, draws - first))
        start = process_time()
        project(base_population(), rates)
        spent += process_time() - start
    return spent


def peak(work: Callable[[], object]) -> float:
    """Highest memory in MB that `work` holds beyond what was there before."""
    tracemalloc.start()
    work()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest / 1e6


def main() -> None:
    rates = broadcast_rates(DRAWS)
    write, broadcast, full = [], [], []
    for _ in range(REPETITIONS):
        # The very first writing waits for the machine to find the memory, up to twenty times as long: left out.
        write_once()
        write.append(write_once())
        broadcast.append(engine_broadcast(rates))
        full.append(engine_full())
    floor = statistics.median(write)
    size = DRAWS * YEARS * SEXES * AGES * 8 / 1e6
    print(f"{DRAWS:,} draws × {YEARS} years × {SEXES} sexes × {AGES} ages, median of {REPETITIONS} runs")
    print(f"write {size:.0f} MB once: {floor:.3f} s")
    for name, times in (("levels by draw, rates by year", broadcast), ("every rate by draw and year", full)):
        spent = statistics.median(times)
        print(f"project, {name}: {spent:.3f} s, {spent / floor:.1f} times the writing (limit {LIMIT:.0f})")
    for draws in (2_000, DRAWS):
        some = rates.select(slice(0, draws))
        levels, every = peak(lambda some=some: engine_broadcast(some)), peak(lambda n=draws: engine_full(n))
        print(f"peak memory, {draws:,} draws: {levels:.1f} MB (levels by draw), {every:.1f} MB (every rate)")


if __name__ == "__main__":
    main()

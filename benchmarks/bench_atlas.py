"""Cost of the atlas: every place at 100, 1,000 and 4,000 draws on two worker processes. See docs/scaling.md.

Real places, an invented future of each province, need and norms worked out. `bench_atlas.py 100 1000` runs those only.
"""

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import atlas_case as case
import pandas as pd

from pipeline.axes import Array
from pipeline.demography.area import project_area
from pipeline.model.atlas import Task, places
from pipeline.processes import spread_out

WORKERS = 2


def measured(task: Task) -> tuple[dict[str, Array], float, float]:
    """What a worker finds, the processor seconds it takes, and the most memory it has held in GiB."""
    begun = time.process_time()
    found = places(task)
    return found, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def engine(task: Task) -> float:
    """Processor seconds of one projection by the engine alone."""
    begun = time.process_time()
    project_area(task.area, task.nation, task.scenario, threads=1)
    return time.process_time() - begun


def main(sizes: list[int]) -> None:
    """Run all provinces at each number of draws and print one row of the table for each."""
    print("| draws | places | wall s | CPU s | CPU ms a place | engine alone ms | GiB a worker | MB written |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for draws in sizes:
        tasks = [case.task(name, draws=draws) for name in case.known()]
        alone = min(engine(tasks[0]) for _ in range(2))  # the first time compiles it
        begun = time.monotonic()
        provinces, seconds, held = zip(*spread_out(measured, tasks, WORKERS), strict=True)
        wall, spent, peak = time.monotonic() - begun, sum(seconds), max(held)
        found = {code: values for province in provinces for code, values in province.items()}
        with TemporaryDirectory() as folder:
            file = Path(folder) / "places.parquet"
            table = pd.DataFrame({code: values.ravel() for code, values in found.items()})
            table.to_parquet(file, compression="zstd")
            written = file.stat().st_size / 1e6
        cells = (wall, spent, 1000 * spent / len(found), 1000 * alone, peak, written)
        shown = [f"{cell:.{digits}f}" for cell, digits in zip(cells, (0, 0, 1, 0, 2, 1), strict=True)]
        print(f"| {draws:,} | {len(found):,} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 1_000, 4_000])

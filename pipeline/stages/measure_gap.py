"""Stage `measure_gap`: who needs help, what yardsticks ask for, what there is, and how targets stand."""

from functools import partial
from pathlib import Path

from pipeline.model.measures import measure_scenario
from pipeline.model.result_files import RESULTS_FOLDER
from pipeline.model.runs import write_run
from pipeline.processes import cores, get_ready, spread_out
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import all_settings
from pipeline.stages.common import run


def measure_gap(root: Path) -> None:
    settings, workers = all_settings(root), cores()
    get_ready(workers, ["pipeline.model.measures"])
    measured = spread_out(partial(measure_scenario, root), settings.items(), workers)
    for scenario, tables in zip(settings, measured, strict=True):
        folder = root / RESULTS_FOLDER / scenario
        write_run(root, folder, scenario, settings[scenario])
        for name in ("gap", "need", "verdict"):
            write_parquet(tables[name], folder / f"{name}.parquet", TABLES[name])


if __name__ == "__main__":
    run(measure_gap, owns=(RESULTS_FOLDER,))

"""Stage `measure_gap`: who needs help, what yardsticks ask for, what there is, and how targets stand."""

from functools import partial
from pathlib import Path

from pipeline.model.plans import measure_scenario
from pipeline.model.result_files import RESULTS_FOLDER
from pipeline.model.runs import write_run
from pipeline.processes import cores, get_ready, spread_out
from pipeline.settings import all_settings
from pipeline.stages.common import hand_on, run


def measure_gap(root: Path) -> None:
    settings, workers = all_settings(root), cores()
    get_ready(workers, ["pipeline.model.plans"])
    measured = spread_out(partial(measure_scenario, root), settings.items(), workers)
    for scenario, tables in zip(settings, measured, strict=True):
        folder = RESULTS_FOLDER / scenario
        write_run(root, root / folder, scenario, settings[scenario])
        for name, rows in tables.items():
            hand_on(root, rows, folder / f"{name}.parquet", name)


if __name__ == "__main__":
    run(measure_gap, owns=(RESULTS_FOLDER,))

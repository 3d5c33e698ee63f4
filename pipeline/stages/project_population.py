"""Stage `project_population`: every region's population under every scenario, from all draws of its area."""

from pathlib import Path

from pipeline.model.population import project_scenarios
from pipeline.model.result_files import PROJECTIONS_FOLDER, save_arrays
from pipeline.processes import cores, get_ready
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import all_settings
from pipeline.stages.common import run


def project_population(root: Path) -> None:
    workers = cores()
    get_ready(workers, ["pipeline.model.population"])
    for scenario, people in project_scenarios(root, all_settings(root), workers).items():
        folder = root / PROJECTIONS_FOLDER / scenario
        write_parquet(people.population, folder / "population.parquet", TABLES["population"])
        write_parquet(people.ages, folder / "ages.parquet", TABLES["ages"])
        for region, old in people.old.items():
            save_arrays(folder / "old" / f"{region}.npz", old=old)


if __name__ == "__main__":
    run(project_population, owns=(PROJECTIONS_FOLDER,))

"""Stage `build_baseline`: the nation's path, and nation and provinces by single age on the days of their censuses."""

from pathlib import Path

import numpy as np

from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model.baseline import (
    FIRST_START_YEAR,
    WPP,
    levels_of_mortality,
    path_of_nation,
    people_of_censuses,
    provinces_of,
)
from pipeline.model.residuals import write_residuals, yearly_survival_of
from pipeline.model.result_files import NATION_FILE, SINGLE_AGE_FILE, save_arrays, single_ages
from pipeline.results.tables.population_table import SINGLE_AGE
from pipeline.results.write import canonical, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run

PERSON_DECIMALS = 4
"""Digits of a person by single age: fewer than a machine's last bits reach, and enough for totals to stay exact."""


def baseline(root: Path) -> None:
    """Read the published tables, work out the nation's path, all single ages and the residuals of decades."""
    settings, census = load_settings(root), load_provinces_census(root)
    path = path_of_nation({name: load_table(root, f"wpp2024/{name}") for name in WPP}, settings.last_year)
    path = {name: canonical(array) for name, array in path.items()}
    ages = people_of_censuses(census, load_table(root, "census_single_age"), path["standard_lx"])
    levels = levels_of_mortality(census, ages)
    people = {place: counted.round(PERSON_DECIMALS) for place, counted in ages.items()}
    write_parquet(single_ages(people), root / SINGLE_AGE_FILE, SINGLE_AGE)
    write_residuals(root, people, provinces_of(census), yearly_survival_of(path), FIRST_START_YEAR)
    save_arrays(
        root / NATION_FILE,
        start_years=np.arange(FIRST_START_YEAR, settings.last_year + 1),
        **path,
        **{f"level_{region}": canonical(level) for region, level in sorted(levels.items())},
    )


if __name__ == "__main__":
    run(baseline)

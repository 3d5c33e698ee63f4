"""Stage `build_baseline`: the nation's path, nation and provinces by single age, and the residuals of decades."""

from pathlib import Path

import numpy as np

from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model import baseline
from pipeline.model.result_files import NATION_FILE, RESIDUALS_FILE, SINGLE_AGE_FILE, save_arrays, single_ages
from pipeline.results.tables import TABLES
from pipeline.results.write import significant, write_parquet, write_text
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

PERSON_DECIMALS = 4
"""Digits of a person by single age: fewer than a machine's last bits reach, and enough for totals to stay exact."""


def build_baseline(root: Path) -> None:
    settings, census = load_settings(root), load_provinces_census(root)
    wpp = {name: load_table(root, f"wpp2024/{name}") for name in baseline.WPP}
    path = {name: significant(array) for name, array in baseline.path_of_nation(wpp, settings.last_year).items()}
    ages = baseline.people_of_censuses(census, load_table(root, "census_single_age"), path["standard_lx"])
    levels = {f"level_{name}": significant(level) for name, level in baseline.levels_of_mortality(census, ages).items()}
    people = {place: counted.round(PERSON_DECIMALS) for place, counted in ages.items()}
    provinces = {*census["region"]} - {NATION}
    write_parquet(single_ages(people), root / SINGLE_AGE_FILE, TABLES["single_age"])
    write_text(
        baseline.residuals_text(people, sorted(provinces), baseline.yearly_survival_of(path)), root / RESIDUALS_FILE
    )
    start_years = np.arange(baseline.FIRST_START_YEAR, settings.last_year + 1)
    save_arrays(root / NATION_FILE, start_years=start_years, **path, **dict(sorted(levels.items())))


if __name__ == "__main__":
    run(build_baseline)

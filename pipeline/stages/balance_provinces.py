"""Stage `balance_provinces`: nation and provinces projected together, so that they add up in every draw, before and
after counts: the factor that does it, the provinces' people, and how far they were from the nation before."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, OLD_BANDS, REPORT_GROUPS, SEXES
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import project_balanced, unbalanced
from pipeline.domain import Region
from pipeline.inputs.store import load_provinces
from pipeline.model import areas
from pipeline.model.result_files import save_arrays
from pipeline.settings import load_settings
from pipeline.settings.forecast import ProjectionSettings
from pipeline.stages.common import hand_on, publish, run
from pipeline.vocabulary import NATION


def balance_provinces(root: Path) -> None:
    settings, regions = load_settings(root), load_provinces(root)
    # One after the other: together they would take 1.8 GB.
    both = [_balance(root, regions, settings.projection, counts) for counts in (False, True)]
    tables, above = ([rows[part] for rows in both] for part in (0, 1))
    hand_on(root, areas.dated(pd.concat(tables)), areas.PROVINCES_FILE, "population")
    publish(root, pd.concat(above), "balance", settings.draws)


def _balance(
    root: Path, regions: Mapping[str, Region], scenario: ProjectionSettings, counts: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write what makes the provinces add up; their population, and how far above the nation they lay before, percent.

    That is of anniversaries of census day, the last of which the projection takes a year further than it reports.
    """
    nation, provinces = areas.load_nation(root), [region for region in regions.values() if region.level == "province"]
    whole = areas.load_area(root, regions[NATION], counts=counts)
    loaded = (areas.load_area(root, region, counts=counts, balanced=False) for region in provinces)
    # What fills the memory in single precision: all provinces are held at once.
    inside = [area._replace(migration=area.migration.astype(np.float32)) for area in loaded]
    draws, steps, sexes = whole.draws(), nation.standard_lx.shape[0], len(SEXES)
    old = summing_matrix(OLD_BANDS).T
    years = range(CENSUS_YEAR, CENSUS_YEAR + steps)
    factor = np.empty((draws, steps, sexes, old.shape[0]), dtype=np.float32)
    # In double precision: a province's people on census day are whole, and single knows none above 16.8 million.
    report = [np.empty((draws, steps, sexes + 1, len(REPORT_GROUPS))) for _ in inside]
    shape = (min(areas.KEPT_DRAWS, draws) if counts else 0, steps, sexes, len(FIVE_YEAR_GROUPS))
    kept = [np.empty(shape, dtype=np.float32) for _ in inside]
    apart = np.empty((draws, steps, len(OLD_BANDS)))
    for part, found in project_balanced(whole, inside, nation, scenario, areas.GROUPS):
        factor[part] = found.factor
        before = np.nan_to_num(unbalanced(found.whole, found.factor)).sum(axis=2) @ old
        apart[part] = 100.0 * (before[:, 1:] / (found.whole.sum(axis=2) @ old)[:, 1:] - 1.0)
        for place, area in enumerate(found.areas):
            report[place][part], five_year = areas.by_age(area)
            kept[place][part] = five_year[: len(kept[place][part])]
    areas.save_balance(root, factor, counts=counts)
    if counts:
        for region, people in zip(provinces, kept, strict=True):
            save_arrays(root / areas.PROVINCES_FOLDER / f"{region.id}.npz", people=people)
    rows = [areas.population_rows(people, years, region) for people, region in zip(report, provinces, strict=True)]
    low, high = np.quantile(apart, (0.025, 0.975), axis=0)
    values = {
        "mean": apart.mean(axis=0),
        "sd": apart.std(axis=0),
        "lower_95": low,
        "upper_95": high,
        "within_03": 100.0 * (np.abs(apart) < 0.3).mean(axis=0),
    }
    cells = pd.MultiIndex.from_product([[year + 1 for year in years], OLD_BANDS], names=["year", "age_group"])
    above = pd.DataFrame({name: array.ravel() for name, array in values.items()}, index=cells).reset_index()
    name = areas.balance_name(counts)
    return pd.concat(rows).assign(scenario=name), above.assign(scenario=name)


if __name__ == "__main__":
    run(balance_provinces, owns=(areas.BALANCE_FOLDER, areas.PROVINCES_FOLDER))

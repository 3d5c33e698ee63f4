"""Stage `draw_areas`: draws of the nation, the provinces and the errors of cities, given the stored fit."""

from pathlib import Path

from pipeline.inputs.store import load_table
from pipeline.model.area_forecasts import PROVINCE_GROUPS, forecast_areas
from pipeline.model.areas import save_area, save_years
from pipeline.model.fits import AREAS_FILE, load_people, load_posterior, load_residuals
from pipeline.model.result_files import AREA_FOLDER, NATION_FILE, SHARED_FILE, load_arrays, save_arrays
from pipeline.models.sampling import posterior_arrays, thinned
from pipeline.settings import load_settings
from pipeline.stages.common import run

TABLES = ("prefectures", "wpp2024/life_expectancy", "wpp2024/total_fertility")


def draw_areas(root: Path) -> None:
    settings = load_settings(root)
    path = load_arrays(root / NATION_FILE)
    posterior = thinned(posterior_arrays(load_posterior(root / AREAS_FILE)), settings.draws, settings.seed)
    tables = {name: load_table(root, name) for name in TABLES}
    found = forecast_areas(settings, load_residuals(root), posterior, load_people(root), path, tables)
    for name, area in found.areas.items():
        save_area(root, "provinces", name, area, PROVINCE_GROUPS, found.splits.get(name))
    save_arrays(root / SHARED_FILE, **found.common)
    save_years(root, settings.forecast.yearly, found.order, found.excess)


if __name__ == "__main__":
    run(draw_areas, owns=(AREA_FOLDER / "provinces",))

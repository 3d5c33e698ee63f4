"""Stage `draw_areas`: draws of the nation, the provinces and the errors of cities, given the stored fit."""

from pathlib import Path

from pipeline.model.area_forecasts import CENSUS_GROUPS, forecast_areas
from pipeline.model.areas import save_area, save_years
from pipeline.model.result_files import AREA_FOLDER, SHARED_FILE, save_arrays
from pipeline.settings import load_settings
from pipeline.stages.common import run


def draw_areas(root: Path) -> None:
    """Draw the future of every area; write it, and what the draws of cities need of it."""
    settings = load_settings(root)
    found = forecast_areas(root, settings)
    for name, area in found.areas.items():
        save_area(root, "provinces", name, area, CENSUS_GROUPS, found.splits.get(name))
    save_arrays(root / SHARED_FILE, **found.common)
    save_years(root, settings.forecast.yearly, found.order, found.excess)


if __name__ == "__main__":
    run(draw_areas, owns=(AREA_FOLDER / "provinces",))

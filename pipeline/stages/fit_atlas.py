"""Stage `fit_atlas`: how places change beside what holds them, how well that foresaw 2020, and what has no past."""

from pathlib import Path

from pipeline.inputs.store import load_table
from pipeline.model.places import ATLAS_MODEL, load_places, model_arrays, unmatched_places
from pipeline.model.result_files import save_arrays
from pipeline.models.counties.model import fit, forecasts, scored
from pipeline.results.tables.atlas_table import ATLAS_SCORES, ATLAS_UNMATCHED
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run


def fit_atlas(root: Path) -> None:
    settings, places = load_settings(root), load_places(root)
    cases = {name: province.case for name, province in places.provinces.items()}
    save_arrays(root / ATLAS_MODEL, **model_arrays(fit(list(cases.values()))))
    publish(root, scored(forecasts(cases, settings.seed, settings.backtest.folds)), ATLAS_SCORES)
    publish(root, unmatched_places(places, load_table(root, "prefectures")), ATLAS_UNMATCHED)


if __name__ == "__main__":
    run(fit_atlas)

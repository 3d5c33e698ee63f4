"""Stage `backtest_provinces`: the old of 2020 as they could be foreseen in 2010, provinces and nation."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.model.decades import FOLDS_FILE, KEPT_DIGITS, fold_settings, load_decades
from pipeline.model.fits import area_priors
from pipeline.model.result_files import BACKTEST_FOLDER, save_arrays
from pipeline.models.backtest.folds import province_folds
from pipeline.models.backtest.rivals import province_rivals, rival_rows
from pipeline.models.sampling import own_compiler
from pipeline.settings import load_settings
from pipeline.stages.common import hand_on, run
from pipeline.vocabulary import NATION


def backtest_provinces(root: Path) -> None:
    settings = load_settings(root)
    decades = load_decades(root)
    folds = decades.provinces[: settings.backtest.folds]
    scored, fitted = province_folds(decades, folds, area_priors(settings.priors.old_age), fold_settings(settings))
    rivals = province_rivals(decades.people[0], decades.people[1], decades.survival)
    simple = rival_rows(rivals, decades.counted, decades.labels, NATION)
    rows = pd.concat([scored, simple], ignore_index=True)
    hand_on(root, rows, BACKTEST_FOLDER / "provinces.parquet", "backtest_provinces", KEPT_DIGITS)
    single = {name: array.astype(np.float32) for name, array in fitted.items()}
    save_arrays(root / FOLDS_FILE, folds=np.array(folds), **single)


if __name__ == "__main__":
    own_compiler()
    run(backtest_provinces)
